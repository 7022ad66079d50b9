using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Loop;

/// <summary>A run's pidfd, which becomes readable when the process has ended, and hangs up when it has been waited for.</summary>
internal sealed class RunExit(RecorderState state, Run run, int descriptor) : EventSource
{
    internal override int Descriptor { get; } = descriptor;

    internal override void OnReady(uint events) => state.Exits.Ended(run, waitedFor: (events & EpollEvent.HangUp) != 0);
}
