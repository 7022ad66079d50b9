using Overseer.Core.Tasks;

namespace Overseer.Core.Drivers;

/// <summary>
/// One run as its <see cref="IRunHost"/> reports on it. Thread-safe; reports are taken in the order in which they come. Those that write (<see cref="Started"/>,
/// <see cref="Write"/>, <see cref="Exited"/>) wait for the disk. Whatever is reported after the end is ignored.
/// </summary>
public interface IHostedRun
{
    /// <summary>The task.</summary>
    string TaskId { get; }

    /// <summary>The run.</summary>
    RunId RunId { get; }

    /// <summary>Its ordinal among the runs of the task, starting at 1.</summary>
    int Ordinal { get; }

    /// <summary><see cref="HostedPlan.Reference"/>, as it was planned.</summary>
    string? Reference { get; }

    /// <summary>How far the journal has this run's output.</summary>
    /// <exception cref="IOException">The journal cannot be read.</exception>
    HostedPlace Last { get; }

    /// <summary>It runs. Doing it twice is harmless.</summary>
    /// <param name="pid">A process of this machine that is its root; 0 when there is none or it is not known.</param>
    /// <param name="processStartTime">Field 22 of that process's <c>/proc/PID/stat</c>.</param>
    /// <param name="at">When it began.</param>
    /// <exception cref="IOException">The journal cannot be written; nothing was reported, and it may be tried again.</exception>
    void Started(int pid, long processStartTime, DateTimeOffset at);

    /// <summary>It has said something.</summary>
    /// <param name="output">Where.</param>
    /// <param name="data">What, at most 256 KiB; lines end at <c>\n</c>, and an unfinished one goes on with the next piece of the same stream.</param>
    /// <param name="at">When; clients see it at every line of it.</param>
    /// <returns>The number of the journal's next line.</returns>
    /// <exception cref="IOException">The journal cannot be written, as when the disk is full; nothing of it was taken, and it may be tried again.</exception>
    long Write(HostedOutput output, ReadOnlySpan<byte> data, DateTimeOffset at);

    /// <summary>Something that is to be known of the task beside its output, such as why it ended; a few words. Replaces what was said before; a new run begins without.</summary>
    /// <param name="note">The words, at most 256 characters are kept; <see langword="null"/> for nothing.</param>
    void Note(string? note);

    /// <summary>Nothing was started, and nothing will be.</summary>
    /// <param name="message">Why, for the client. Secrets are masked.</param>
    void Failed(string message);

    /// <summary>It is over; whatever it said was written before.</summary>
    /// <param name="exitCode">Its exit code; -1 when it is not known, or <paramref name="signal"/> says more.</param>
    /// <param name="signal">Number of the signal that ended it; 0 for none.</param>
    /// <param name="at">When it ended.</param>
    /// <exception cref="IOException">The journal cannot be written; nothing was reported, and it may be tried again.</exception>
    void Exited(int exitCode, int signal, DateTimeOffset at);
}
