using Overseer.Recorder.Journal;

namespace Overseer.Recorder.Loop;

/// <summary>A journal that is open for writing, and what is known about the room for it.</summary>
internal sealed class OpenJournal
{
    /// <summary>
    /// While there is no room, it is looked for again after this time, then after twice as long and so on up to <see cref="LongestRetryNs"/>: each look costs a gap's record,
    /// of the little that is reserved for records.
    /// </summary>
    internal const long RetryNs = 100_000_000;

    private const long LongestRetryNs = 10_000_000_000;

    private long _retryNs = RetryNs;

    private JournalEnd _endWhenClosed;
    private bool _closed;

    internal required Guid Id { get; init; }

    internal required JournalWriter Writer { get; init; }

    /// <summary>How far it may be read; also after it was closed.</summary>
    internal JournalEnd End => _closed ? _endWhenClosed : Writer.End;

    /// <summary>How many runs still write to it.</summary>
    internal int Users { get; set; }

    /// <summary>Its newest end is not told to the server yet.</summary>
    internal bool Dirty { get; set; }

    /// <summary>The server has no further use for it: closed as soon as nobody writes.</summary>
    internal bool CloseWhenIdle { get; set; }

    /// <summary>Place in the order in which idle journals are closed.</summary>
    internal long IdleSince { get; set; }

    /// <summary>The log has been told that there is no room.</summary>
    internal bool SaidFull { get; set; }

    /// <summary>Until then (monotonic) there is taken to be no room; 0 while there is some.</summary>
    internal long FullUntilNs { get; set; }

    /// <summary>Runs whose last gaps or exit wait for room, in the order of their ends; null as long as there was always some.</summary>
    internal Queue<Run>? Waiting { get; set; }

    /// <summary>As the last run that uses it asked for; most of it took effect when it was opened.</summary>
    internal JournalOptions Options { get; set; } = new();

    /// <summary>Without room, output stays in its pipe instead of being dropped.</summary>
    internal bool BlockWhenFull => Options.BlockWhenFull;

    /// <summary>Pipes that wait for room with what they hold; null as long as there was always some.</summary>
    internal List<OutputPipe>? Held { get; set; }

    /// <summary>Whether it is in the list of journals for which room is looked for.</summary>
    internal bool AwaitsRoom { get; set; }

    /// <summary>Whether anything waits for room.</summary>
    internal bool NeedsRoom => Waiting is { Count: > 0 } || Held is { Count: > 0 };

    /// <summary>There is no room at that moment (monotonic).</summary>
    internal void Full(long nowNs)
    {
        FullUntilNs = nowNs + _retryNs;
        _retryNs = Math.Min(_retryNs * 2, LongestRetryNs);
    }

    /// <summary>Output was written again.</summary>
    internal void HasRoom()
    {
        SaidFull = false;
        _retryNs = RetryNs;
    }

    internal void Close()
    {
        if (_closed)
            return;
        _endWhenClosed = Writer.End;
        _closed = true;
        try
        {
            Writer.Dispose();
        }
        catch (JournalException)
        {
            // What could not be finished now is repaired when the journal is opened again.
        }
    }
}
