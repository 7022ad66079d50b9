using Microsoft.Win32.SafeHandles;

namespace Overseer.Chaos.Halves;

/// <summary>Keeps workers from ending, by the lock that they take before they do.</summary>
internal sealed class ExitGate(ChaosPlaces places) : IDisposable
{
    private readonly SafeFileHandle _file = File.OpenHandle(places.Gate, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>From here on no worker ends. Those that were about to have ended.</summary>
    internal async Task CloseAsync(CancellationToken cancel)
    {
        while (Interop.Flock(_file, Interop.LockExclusive | Interop.LockNonBlocking) != 0)
            await Task.Delay(1, cancel);
    }

    internal void Open() => _ = Interop.Flock(_file, Interop.LockRelease);

    public void Dispose() => _file.Dispose();
}
