using Overseer.Recorder.Journal;

namespace Overseer.Recorder.Loop;

/// <summary>
/// The journals that are open for writing. One stays open for a while after its last run, so that a restart need not repair and index it again;
/// the server says when a task will not start again, and beyond a number the longest idle one is closed, so that descriptors stay bounded.
/// </summary>
internal sealed class JournalTable(string root, Outbox outbox) : IDisposable
{
    private const int MaxIdle = 64;
    private const int Patience = 50;

    private readonly JournalBuffer _scratch = new();
    private readonly Dictionary<Guid, OpenJournal> _open = [];
    private long _idleClock;
    private int _idle;

    internal IEnumerable<OpenJournal> All => _open.Values;

    /// <summary>Opens the journal or finds it open, and counts one more user of it.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be opened.</exception>
    internal OpenJournal Use(Guid id, JournalOptions options)
    {
        if (!_open.TryGetValue(id, out var journal))
        {
            journal = new OpenJournal { Id = id, Writer = Open(id, options) };
            _open.Add(id, journal);
        }
        else
        {
            journal.Writer.BeginAnewIfRemoved(Libc.ClockGetTime(Libc.CLOCK_REALTIME));
            if (journal.Users == 0)
                _idle--;
        }
        journal.Options = options;
        journal.Users++;
        journal.CloseWhenIdle = false;
        return journal;
    }

    internal void Release(OpenJournal journal)
    {
        if (--journal.Users > 0)
            return;
        if (journal.CloseWhenIdle)
        {
            Close(journal);
            return;
        }
        journal.IdleSince = ++_idleClock;
        if (++_idle > MaxIdle)
            Close(LongestIdle());
    }

    /// <summary>The server has no further use for the journal.</summary>
    internal void CloseWhenIdle(Guid id)
    {
        if (!_open.TryGetValue(id, out var journal))
            return;
        journal.CloseWhenIdle = true;
        if (journal.Users == 0)
            Close(journal);
    }

    public void Dispose()
    {
        foreach (var journal in _open.Values)
            journal.Close();
        _open.Clear();
        _scratch.Dispose();
    }

    private JournalWriter Open(Guid id, JournalOptions options)
    {
        long nowNs = Libc.ClockGetTime(Libc.CLOCK_REALTIME);
        try
        {
            return JournalWriter.Open(DirectoryOf(id), options, _scratch, nowNs, Patience);
        }
        catch (JournalException) when (!Directory.Exists(root) && Libc.Mkdir(root, 0x1C0 /* 0700 */) == 0)
        {
            // Somebody removed the directory of all journals; those to come need not be lost with it.
            return JournalWriter.Open(DirectoryOf(id), options, _scratch, nowNs, Patience);
        }
    }

    private string DirectoryOf(Guid id) => Path.Combine(root, id.ToString("N"));

    private OpenJournal LongestIdle()
    {
        OpenJournal? oldest = null;
        foreach (var journal in _open.Values)
        {
            if (journal.Users == 0 && (oldest is null || journal.IdleSince < oldest.IdleSince))
                oldest = journal;
        }
        return oldest!;
    }

    private void Close(OpenJournal journal)
    {
        if (journal.IdleSince > 0 && journal.Users == 0)
            _idle = Math.Max(0, _idle - 1);
        _open.Remove(journal.Id);
        journal.Close();
        // Its last end may still have to be told; the object remembers it.
        outbox.Advanced(journal);
    }
}
