using Overseer.Recorder.Journal;

namespace Overseer.Recorder.Loop;

/// <summary>One life of a task, from its spawn until the server has stored its result.</summary>
internal sealed class Run
{
    internal required Guid Id { get; init; }

    internal required int Ordinal { get; init; }

    internal required OpenJournal Journal { get; init; }

    /// <summary>Order of the spawns, in which a new server hears of them.</summary>
    internal required long Sequence { get; init; }

    internal required int Pid { get; init; }

    internal required long ProcessStartTime { get; init; }

    internal required long StartedNs { get; init; }

    /// <summary>Null when the process has ended.</summary>
    internal RunExit? Process { get; set; }

    /// <summary>Null when the stream has ended.</summary>
    internal OutputPipe? Stdout { get; set; }

    /// <summary>Null when the stream has ended.</summary>
    internal OutputPipe? Stderr { get; set; }

    /// <summary>Null while the process lives.</summary>
    internal ExitRecord? Exit { get; set; }

    internal JournalPosition ExitChunk { get; set; }

    internal JournalEnd ExitEnd { get; set; }

    internal long ExitedNs { get; set; }

    /// <summary>Whether the exit could not be written into the journal for want of space and still has to be.</summary>
    internal bool ExitUnrecorded { get; set; }

    /// <summary>Bytes of the ended standard output that were dropped, and that no gap tells of yet.</summary>
    internal long OwedStdout { get; set; }

    /// <summary>Bytes of the ended standard error that were dropped, and that no gap tells of yet.</summary>
    internal long OwedStderr { get; set; }

    /// <summary>Whether the journal still lacks something about this run.</summary>
    internal bool Owes => ExitUnrecorded || OwedStdout > 0 || OwedStderr > 0;

    internal bool NeedsJournal => Exit is null || Owes || Stdout is not null || Stderr is not null;
}
