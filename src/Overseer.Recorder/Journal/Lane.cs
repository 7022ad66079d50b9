namespace Overseer.Recorder.Journal;

/// <summary>
/// The unfinished line of one stream of one run, as the writer knows it. Late output of an older run's descendant has a lane of its own and so
/// never mixes with the output of the present run.
/// </summary>
internal struct Lane
{
    internal int Run;
    internal OutputStream Stream;
    internal int Pid;

    /// <summary>Header offset of a chunk of the lane at or after which all pending bytes lie.</summary>
    internal long Begin;
    internal int Pending;
    internal uint Tail;
}
