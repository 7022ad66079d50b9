using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Spawning;

/// <summary>SIGCHLD. Ignored, as some parents leave it across exec, it makes the kernel throw exit codes away.</summary>
internal static class ChildSignals
{
    /// <summary>For a process that is the recorder: nothing else has a say.</summary>
    internal static void Restore() => _ = Libc.Signal(Libc.SIGCHLD, Libc.SIG_DFL);

    /// <summary>For a host process: a handler it may have is left alone.</summary>
    internal static unsafe void RestoreIfIgnored()
    {
        // struct sigaction begins with the handler.
        nint* previous = stackalloc nint[Libc.SignalActionSize / sizeof(nint)];
        if (Libc.SignalAction(Libc.SIGCHLD, null, previous) == 0 && *previous == Libc.SIG_IGN)
            Restore();
    }
}
