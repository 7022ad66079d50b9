using Overseer.Recorder.Journal;
using Overseer.Streams.SeqIndex;

namespace Overseer.Streams;

/// <summary>What a replay asks for: exactly one of the two ways to begin.</summary>
/// <param name="FromSeq">Begin at the line with this number; null: begin with the last <paramref name="Limit"/> events.</param>
/// <param name="Limit">How many events at most.</param>
/// <param name="Since">Leave out events before this time, in Unix ns.</param>
internal sealed record ReplayRequest(long? FromSeq, long? Limit, long? Since);

/// <summary>
/// One replay on its way to one client: history up to the moment of the request, in slices, at the client's own pace. Not thread-safe.
/// </summary>
internal sealed class ReplayJob : IDisposable
{
    private const int MostAttempts = 3;
    private const int BlockBytes = 256 * 1024;
    private readonly EventSource? _source;
    private readonly SeqNumbering? _numbering;
    private readonly JournalEnd _end;
    private readonly long _since;
    private readonly long _most;

    private ReplayJob(EventSource? source, SeqNumbering? numbering, in JournalEnd end, long since, long most)
    {
        _source = source;
        _numbering = numbering;
        _end = end;
        _since = since;
        _most = most;
    }

    /// <summary>How many events were sent so far.</summary>
    public long Events => _source?.Frames ?? 0;

    /// <summary>The number of the first line that is there, when earlier ones were asked for and are gone.</summary>
    public long? FirstLeft { get; private init; }

    /// <summary>Opens the journal and finds the beginning.</summary>
    /// <exception cref="IOException">The journal cannot be read.</exception>
    public static ReplayJob Open(TaskStream stream, ReplayRequest request)
    {
        var end = stream.End;
        var since = request.Since ?? long.MinValue;
        if (stream.Directory is not { } directory || end.Segment == 0)
        {
            return new ReplayJob(source: null, numbering: null, end, since, 0);
        }

        if (stream.Numbering is { IsPlain: false } numbering)
        {
            return OpenNumbered(stream, directory, numbering, request, end, since);
        }

        if (request.FromSeq is { } from)
        {
            var source = EventSource.AtLine(stream.TaskId, directory, stream.Ledger, Math.Max(1, from), end, frames: stream.Frames());
            var left = source.NextLine > Math.Max(1, from) && from < end.NextLine ? source.NextLine : (long?)null;
            return new ReplayJob(source, numbering: null, end, since, request.Limit ?? long.MaxValue) { FirstLeft = left };
        }

        // The last N events are among the last N lines and what lies between them (exits).
        var last = request.Limit ?? long.MaxValue;
        var first = last >= end.NextLine ? 1 : end.NextLine - last;
        long events;
        using (var counter = EventSource.AtLine(stream.TaskId, directory, stream.Ledger, first, end))
        {
            events = counter.Count(end, long.MinValue);
        }

        var begin = EventSource.AtLine(stream.TaskId, directory, stream.Ledger, first, end, frames: stream.Frames());
        begin.Skip(events - last, end);
        return new ReplayJob(begin, numbering: null, end, since, long.MaxValue);
    }

    private static ReplayJob OpenNumbered(TaskStream stream, string directory, SeqNumbering numbering, ReplayRequest request, in JournalEnd end, long since)
    {
        if (request.FromSeq is { } from)
        {
            var (line, firstSeq, next) = numbering.Locate(from, end);
            var source = Begin(line ?? end.NextLine, firstSeq, end);
            return new ReplayJob(source, numbering, end, since, request.Limit ?? long.MaxValue) { FirstLeft = firstSeq > from && from < next ? firstSeq : null };
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new ReplayJob(BeginLast(request.Limit ?? long.MaxValue, end), numbering, end, since, long.MaxValue);
            }
            catch (LinesUnnumberedException) when (attempt < MostAttempts)
            {
                // To look for the beginning numbers them.
            }
        }

        EventSource BeginLast(long last, in JournalEnd end)
        {
            var nextSeq = numbering.Locate(long.MaxValue, end).Next;
            var (first, seq, _) = numbering.Locate(last >= nextSeq ? 1 : nextSeq - last, end);
            long events;
            using (var counter = Begin(first ?? end.NextLine, seq, end))
            {
                events = counter.Count(end, long.MinValue);
            }

            var begin = Begin(first ?? end.NextLine, seq, end);
            try
            {
                begin.Skip(events - last, end);
                return begin;
            }
            catch
            {
                begin.Dispose();
                throw;
            }
        }

        EventSource Begin(long line, long lineSeq, in JournalEnd end)
        {
            var source = EventSource.AtLine(stream.TaskId, directory, stream.Ledger, line, end, numbering, stream.Frames());
            source.Owe(source.NextLine, lineSeq);
            return source;
        }
    }

    /// <summary>The next slice, which may be empty where a filter shows hardly anything; false when the replay is complete.</summary>
    public bool TryTake(out FrameSlice slice)
    {
        slice = default;
        if (_source is null)
        {
            return false;
        }

        var block = new FrameBlock(BlockBytes, _source.Position);
        var result = _source.Fill(block, _end, limit: null, _since, _most);
        if (result == FillResult.Behind)
        {
            // The index was damaged, and is made anew.
            _numbering!.NumberNow(_end);
        }

        if (block.Written == 0 && result is not (FillResult.Paused or FillResult.Behind))
        {
            block.Release();
            return false;
        }

        block.Publish(_source.Position, _source.NextLine);
        slice = new FrameSlice(block, 0, block.Length);
        return true;
    }

    public void Dispose() => _source?.Dispose();
}
