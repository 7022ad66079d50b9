using Overseer.Recorder.Journal;
using Overseer.Recorder.Takeover;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Loop;

/// <summary>One life of a task, from its spawn until the server has stored its result and nothing more can be recorded of it.</summary>
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

    /// <summary>Whether another recorder has started it.</summary>
    internal bool Adopted { get; init; }

    /// <summary>Null when the process has ended and its status is known; in an adopted run also when nobody holds the process.</summary>
    internal RunExit? Process { get; set; }

    /// <summary>Null when the stream has ended.</summary>
    internal OutputPipe? Stdout { get; set; }

    /// <summary>Null when the stream has ended.</summary>
    internal OutputPipe? Stderr { get; set; }

    /// <summary>What is to be said of standard input.</summary>
    internal InputState Input { get; set; }

    /// <summary>The writing end of standard input; -1 when there is none, or none any more.</summary>
    internal int Stdin { get; set; } = -1;

    /// <summary>Who else holds that end.</summary>
    internal InputHolder InputHolder { get; set; }

    /// <summary>How it ended, as the server says who was its parent; null as long as it has not said so.</summary>
    internal ExitStatus? GivenExit { get; set; }

    /// <summary>When the end was seen (monotonic) of a process whose status is not known yet; 0: it was not.</summary>
    internal long AwaitsStatusSinceNs { get; set; }

    /// <summary>When that was, Unix nanoseconds.</summary>
    internal long EndSeenNs { get; set; }

    /// <summary>Whether everybody who could tell how it ended has had their time. No time is given for a child of this process, nor when nothing can be had.</summary>
    internal bool NothingToAwait { get; init; }

    /// <summary>Null while the process lives, or how it ended is not known yet.</summary>
    internal ExitRecord? Exit { get; set; }

    internal JournalPosition ExitChunk { get; set; }

    internal JournalEnd ExitEnd { get; set; }

    internal long ExitedNs { get; set; }

    /// <summary>Whether the exit could not be written into the journal for want of space and still has to be.</summary>
    internal bool ExitUnrecorded { get; set; }

    /// <summary>Whether the server has stored its result, and only what is still to be recorded keeps it here.</summary>
    internal bool Stored { get; set; }

    /// <summary>Bytes of the ended standard output that were dropped, and that no gap tells of yet.</summary>
    internal long OwedStdout { get; set; }

    /// <summary>Bytes of the ended standard error that were dropped, and that no gap tells of yet.</summary>
    internal long OwedStderr { get; set; }

    /// <summary>Bytes that were in the pipes when the process ended and still have to be recorded before the exit.</summary>
    internal bool HasLeft => Stdout is { Left: > 0 } || Stderr is { Left: > 0 };

    /// <summary>Whether the journal still lacks something about this run.</summary>
    internal bool Owes => ExitUnrecorded || OwedStdout > 0 || OwedStderr > 0;

    internal bool NeedsJournal => Exit is null || Owes || Stdout is not null || Stderr is not null;

    /// <summary>Whether how the process ended may still be learnt.</summary>
    internal bool AwaitsStatus(long nowNs) =>
        Adopted && !NothingToAwait && (AwaitsStatusSinceNs == 0 || nowNs - AwaitsStatusSinceNs < StatusPatienceNs);

    /// <summary>How long it is waited for.</summary>
    internal long StatusPatienceNs => Process is null ? ExitSource.PatienceWithoutProcessNs : ExitSource.PatienceNs;
}
