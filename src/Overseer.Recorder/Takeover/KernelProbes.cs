using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Spawning;

namespace Overseer.Recorder.Takeover;

/// <summary>Tries what the kernel can do, each in a way that leaves nothing behind.</summary>
internal static class KernelProbes
{
    /// <summary>Opens this process as a descriptor, which is needed to signal and await others.</summary>
    /// <returns>Why it cannot; null when it can.</returns>
    internal static string? Pidfd()
    {
        int descriptor = Libc.PidfdOpen(Environment.ProcessId);
        if (descriptor < 0)
            return Errno.Describe(Marshal.GetLastPInvokeError());
        _ = Libc.Close(descriptor);
        return null;
    }

    /// <summary>Starts a child by clone3 that ends at once.</summary>
    /// <returns>Why that cannot be done; null when it can.</returns>
    internal static string? Clone()
    {
        using CloneSpawner? spawner = CloneSpawner.Try(NoFileLimit.BeforeTheRuntimeRaisedIt(), ownProcess: false, out string reason);
        return spawner is null ? reason : null;
    }
}
