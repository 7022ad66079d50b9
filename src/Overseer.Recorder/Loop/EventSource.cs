namespace Overseer.Recorder.Loop;

/// <summary>A descriptor that the loop waits for, and what is done when it is ready.</summary>
internal abstract class EventSource
{
    /// <summary>Place in the poller's table; -1 while not waited for.</summary>
    internal int Slot { get; set; } = -1;

    internal abstract int Descriptor { get; }

    /// <summary>Called on the loop's thread. Must not block, and must not allocate on the way of a line.</summary>
    internal abstract void OnReady(uint events);
}
