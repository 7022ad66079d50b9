// Keeps the journals within their bounds. It must hold:
//  - Only closed segments are deleted, the oldest of a journal first; so a journal is always one stretch of lines up to its end, and its end is never lost.
//  - Who reads a segment that is deleted reads it to its end; who comes later begins at the first line that is left (JournalReader, EventSource).
//  - With nothing to do it costs a look at each task's announced end: no system call. A directory is looked at when the server starts, and again
//    when its journal has begun a segment.
//
// Rejected: counting bytes in the way of each announcement (that path serves every line), watching directories (the journals of others are not ours).

using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Overseer.Core.Time;
using Overseer.Recorder.Journal;

namespace Overseer.Retention;

/// <summary>
/// Deletes the oldest history when a task, or all together, have more than is to be kept: of tasks that ended first, the one that ended longest ago first; then
/// of those that run. Runs on the thread pool.
/// </summary>
internal sealed class JournalRetention(string journalRoot, IJournals journals, RetentionOptions options, JournalOptions writing, TimeProvider clock, ILogger log) : IAsyncDisposable
{
    private volatile RetentionOptions _options = options;
    private readonly Dictionary<Guid, JournalUse> _uses = [];
    private readonly Channel<bool> _wishes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();
    private Task _loop = Task.CompletedTask;
    private bool _saidTooMuch;

    /// <summary>Bytes of all journals at the last look.</summary>
    public long Bytes { get; private set; }

    /// <summary>Begins to look regularly.</summary>
    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Keeps to other bounds from now on, and looks soon.</summary>
    public void Use(RetentionOptions next)
    {
        _options = next;
        SegmentBegan();
    }

    /// <summary>A journal has begun a segment: it is time to look. Cheap; may be called from anywhere.</summary>
    public void SegmentBegan() => _wishes.Writer.TryWrite(true);

    /// <summary>
    /// Deletes the journals below the root that no task owns and nobody writes: of tasks that were forgotten when the server could not delete them, or of a
    /// store that is gone. Once, after the tasks are known and before new ones may be started.
    /// </summary>
    /// <returns>How many.</returns>
    public int DeleteUnowned()
    {
        var owned = journals.Owners.Select(owner => owner.JournalId).ToHashSet();
        var (count, bytes) = (0, 0L);
        foreach (var directory in Directory.EnumerateDirectories(journalRoot))
        {
            if (!Guid.TryParseExact(Path.GetFileName(directory), "N", out var id) || owned.Contains(id)) continue;
            try
            {
                if (JournalDirectory.IsBeingWritten(directory)) continue;
                bytes += JournalDirectory.Segments(directory).Sum(segment => segment.Bytes);
                Directory.Delete(directory, recursive: true);
                count++;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                RetentionLog.Failed(log, directory, e.Message);
            }
        }

        if (count > 0) RetentionLog.Unowned(log, count, bytes);
        return count;
    }

    /// <summary>Looks, and deletes what is too much.</summary>
    public void Look()
    {
        lock (_gate)
        {
            var owners = journals.Owners;
            TakeIn_NeedsLock(owners);
            foreach (var owner in owners) KeepTask_NeedsLock(owner);
            KeepTotal_NeedsLock(owners);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _loop;
        _end.Dispose();
    }

    private async Task RunAsync()
    {
        await using var timer = clock.CreateTimer(static retention => ((JournalRetention)retention!).SegmentBegan(), this, TimeSpan.Zero, _options.Interval);
        try
        {
            await foreach (var _ in _wishes.Reader.ReadAllAsync(_end.Token))
            {
                try
                {
                    Look();
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    RetentionLog.Failed(log, journalRoot, e.Message);
                }

                await Task.Delay(_options.Pause, clock, _end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The server ends.
        }
    }

    private void TakeIn_NeedsLock(IReadOnlyCollection<JournalOwner> owners)
    {
        var total = 0L;
        var known = 0;
        foreach (var owner in owners)
        {
            if (!_uses.TryGetValue(owner.JournalId, out var use))
            {
                _uses.Add(owner.JournalId, use = new JournalUse(owner.JournalId, Path.Combine(journalRoot, owner.JournalId.ToString("N"))));
            }

            known++;
            Try(use, (Use: use, End: journals.EndOf(owner.JournalId)), static at => at.Use.Update(at.End));
            total += use.Bytes;
        }

        if (known < _uses.Count)
        {
            var owned = owners.Select(owner => owner.JournalId).ToHashSet();
            foreach (var gone in _uses.Keys.Where(id => !owned.Contains(id)).ToList()) _uses.Remove(gone);
        }

        Bytes = total;
    }

    private void KeepTask_NeedsLock(JournalOwner owner)
    {
        var use = _uses[owner.JournalId];
        if (use.Bytes <= _options.TaskBytes) return;
        var before = Bytes;
        var segments = 0;
        while (use.Bytes > _options.TaskBytes && Delete_NeedsLock(use)) segments++;
        if (use.Bytes > _options.TaskBytes && owner.EndedAt is not null && Roll(owner.JournalId, use) && Delete_NeedsLock(use)) segments++;
        if (segments > 0) RetentionLog.Deleted(log, segments, before - Bytes, $"a task has more than limits.journal_bytes ({_options.TaskBytes})");
    }

    private void KeepTotal_NeedsLock(IReadOnlyCollection<JournalOwner> owners)
    {
        if (Bytes <= _options.TotalBytes)
        {
            _saidTooMuch = false;
            return;
        }

        var before = Bytes;
        var segments = 0;
        foreach (var owner in owners.Where(owner => owner.EndedAt is not null).OrderBy(owner => owner.EndedAt))
        {
            if (Bytes <= _options.TotalBytes) break;
            var use = _uses[owner.JournalId];
            while (Bytes > _options.TotalBytes && Delete_NeedsLock(use)) segments++;
            if (Bytes > _options.TotalBytes && Roll(owner.JournalId, use) && Delete_NeedsLock(use)) segments++;
        }

        if (Bytes > _options.TotalBytes) segments += KeepRunning_NeedsLock(owners);
        if (segments > 0) RetentionLog.Deleted(log, segments, before - Bytes, $"all together have more than limits.total_journal_bytes ({_options.TotalBytes})");
        if (Bytes > _options.TotalBytes && !_saidTooMuch)
        {
            _saidTooMuch = true;
            RetentionLog.StillTooMuch(log, Bytes, _options.TotalBytes);
        }
    }

    private int KeepRunning_NeedsLock(IReadOnlyCollection<JournalOwner> owners)
    {
        var segments = 0;
        var oldest = new PriorityQueue<JournalUse, DateTimeOffset>();
        foreach (var owner in owners.Where(owner => owner.EndedAt is null)) Queue(_uses[owner.JournalId]);
        while (Bytes > _options.TotalBytes && oldest.TryDequeue(out var use, out _))
        {
            if (!Delete_NeedsLock(use)) continue;
            segments++;
            Queue(use);
        }

        return segments;

        void Queue(JournalUse use)
        {
            if (use.Oldest is { } segment) oldest.Enqueue(use, segment.WrittenAt);
        }
    }

    private bool Delete_NeedsLock(JournalUse use)
    {
        if (use.Oldest is null) return false;
        var bytes = 0L;
        if (!Try(use, use, at => journals.Leave(at.Journal, at.Next, IsHurried(at)))) return false;
        if (!Try(use, use, at => bytes = at.DeleteOldest())) return false;
        Bytes -= bytes;
        return true;
    }

    // A filter that is slower than the task would let the journal grow without an end.
    private bool IsHurried(JournalUse use) => use.Bytes > _options.TaskBytes + (_options.TaskBytes / 4) || Bytes > _options.TotalBytes + (_options.TotalBytes / 4);

    /// <summary>Makes the last segment of an ended task a closed one. False: it cannot be done, or not yet.</summary>
    private bool Roll(Guid journal, JournalUse use)
    {
        if (!use.MayRoll) return false;
        try
        {
            using var scratch = new JournalBuffer();
            if (JournalDirectory.Roll(use.Directory, writing, scratch, UnixTime.ToNanoseconds(clock.GetUtcNow())) is not { } end)
            {
                use.DoNotRoll();
                return false;
            }

            journals.Announce(journal, end);
            Bytes -= use.Bytes;
            use.Look();
            use.DoNotRoll();
            Bytes += use.Bytes;
            return true;
        }
        catch (JournalLockedException)
        {
            // The recorder keeps it open for a restart: the next look finds it closed.
            journals.Close(journal);
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            use.DoNotRoll();
            RetentionLog.Failed(log, use.Directory, e.Message);
            return false;
        }
    }

    private bool Try<T>(JournalUse use, T argument, Action<T> work)
    {
        try
        {
            work(argument);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            RetentionLog.Failed(log, use.Directory, e.Message);
            return false;
        }
    }
}
