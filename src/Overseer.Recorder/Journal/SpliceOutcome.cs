namespace Overseer.Recorder.Journal;

/// <summary>What became of an attempt to move a pipe's content into a journal.</summary>
internal enum SpliceOutcome
{
    /// <summary>Bytes are in the journal.</summary>
    Moved,

    /// <summary>The pipe is empty, and somebody may still write to it.</summary>
    Empty,

    /// <summary>The pipe is empty and every write end is closed.</summary>
    EndOfStream,

    /// <summary>The file cannot grow; the bytes are still in the pipe. May be tried again at any time.</summary>
    NoSpace,
}
