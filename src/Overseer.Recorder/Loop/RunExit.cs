namespace Overseer.Recorder.Loop;

/// <summary>A run's pidfd, which becomes readable when the process has ended.</summary>
internal sealed class RunExit(RecorderState state, Run run, int descriptor) : EventSource
{
    internal override int Descriptor { get; } = descriptor;

    internal override void OnReady(uint events) => state.Exits.Ended(run);
}
