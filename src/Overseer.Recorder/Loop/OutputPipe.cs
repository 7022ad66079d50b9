using Overseer.Recorder.Interop;
using Overseer.Recorder.Journal;

namespace Overseer.Recorder.Loop;

/// <summary>The reading end of one stream of a run.</summary>
internal sealed class OutputPipe(StreamRecording recording, int descriptor, OutputStream stream) : EventSource
{
    internal override int Descriptor { get; } = descriptor;

    internal OutputStream Stream { get; } = stream;

    /// <summary>Set when the program runs; nothing comes before.</summary>
    internal Run Run { get; set; } = null!;

    /// <summary>Bytes that were read and thrown away since there was no room, and that no gap tells of yet.</summary>
    internal long Dropped { get; set; }

    /// <summary>Not waited for at the moment: its journal has no room, and it must not be dropped.</summary>
    internal bool Held { get; set; }

    /// <summary>Bytes that were in it when the process ended and that come before the exit in the journal.</summary>
    internal int Left { get; set; }

    internal override void OnReady(uint events)
    {
        // Hang-up without input: the pipe is empty and all writers are gone.
        if ((events & EpollEvent.In) != 0)
            recording.Move(this, StreamRecording.BytesPerTurn);
        else
            recording.End(this);
    }
}
