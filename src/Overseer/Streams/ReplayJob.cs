using Overseer.Recorder.Journal;

namespace Overseer.Streams;

/// <summary>What a replay asks for: exactly one of the two ways to begin.</summary>
/// <param name="FromLine">Begin at this line; null: begin with the last <paramref name="Limit"/> events.</param>
/// <param name="Limit">How many events at most.</param>
/// <param name="Since">Leave out events before this time, in Unix ns.</param>
internal sealed record ReplayRequest(long? FromLine, long? Limit, long? Since);

/// <summary>
/// One replay on its way to one client: history up to the moment of the request, in slices, at the client's own pace. Not thread-safe.
/// </summary>
internal sealed class ReplayJob : IDisposable
{
    private const int BlockBytes = 256 * 1024;
    private readonly EventSource? _source;
    private readonly JournalEnd _end;
    private readonly long _since;
    private readonly long _most;

    private ReplayJob(EventSource? source, in JournalEnd end, long since, long most)
    {
        _source = source;
        _end = end;
        _since = since;
        _most = most;
    }

    /// <summary>How many events were sent so far.</summary>
    public long Events => _source?.Frames ?? 0;

    /// <summary>The first line that is there, when earlier ones were asked for and are gone.</summary>
    public long? FirstLeft { get; private init; }

    /// <summary>Opens the journal and finds the beginning.</summary>
    /// <exception cref="IOException">The journal cannot be read.</exception>
    public static ReplayJob Open(TaskStream stream, ReplayRequest request)
    {
        var end = stream.End;
        var since = request.Since ?? long.MinValue;
        if (stream.Directory is not { } directory || end.Segment == 0)
        {
            return new ReplayJob(source: null, end, since, 0);
        }

        if (request.FromLine is { } from)
        {
            var source = EventSource.AtLine(stream.TaskId, directory, stream.Ledger, Math.Max(1, from), end);
            var left = source.NextLine > Math.Max(1, from) && from < end.NextLine ? source.NextLine : (long?)null;
            return new ReplayJob(source, end, since, request.Limit ?? long.MaxValue) { FirstLeft = left };
        }

        // The last N events are among the last N lines and what lies between them (exits).
        var last = request.Limit ?? long.MaxValue;
        var first = last >= end.NextLine ? 1 : end.NextLine - last;
        long events;
        using (var counter = EventSource.AtLine(stream.TaskId, directory, stream.Ledger, first, end))
        {
            events = counter.Count(end, long.MinValue);
        }

        var begin = EventSource.AtLine(stream.TaskId, directory, stream.Ledger, first, end);
        begin.Skip(events - last, end);
        return new ReplayJob(begin, end, since, long.MaxValue);
    }

    /// <summary>The next slice; false when the replay is complete.</summary>
    public bool TryTake(out FrameSlice slice)
    {
        slice = default;
        if (_source is null)
        {
            return false;
        }

        var block = new FrameBlock(BlockBytes, _source.Position);
        _source.Fill(block, _end, limit: null, _since, _most);
        if (block.Written == 0)
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
