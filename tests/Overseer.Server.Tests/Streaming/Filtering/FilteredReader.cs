using Overseer.Streams;

namespace Overseer.Server.Tests.Streaming.Filtering;

/// <summary>One subscriber of a <see cref="FilteredTask"/>.</summary>
internal sealed class FilteredReader(TaskStream stream, StreamCursor cursor, FilteredTask.Inbox inbox, Func<bool> unfinished) : IDisposable
{
    /// <summary>What the answer said of the first line.</summary>
    public required long First { get; init; }

    /// <summary>What the answer said of the next new line.</summary>
    public required long Next { get; init; }

    /// <summary>All events up to what is announced now: waits while lines are numbered.</summary>
    public List<SeenEvent> Read()
    {
        var seen = new List<SeenEvent>();
        while (true)
        {
            while (stream.TryTake(cursor, out var slice)) seen.AddRange(SeenEvent.Read(slice));
            if (IsThere()) return seen;
            inbox.Wait();
        }
    }

    /// <summary>At most so many slices of what is there.</summary>
    public List<SeenEvent> Read(int slices)
    {
        var seen = new List<SeenEvent>();
        while (slices-- > 0 && stream.TryTake(cursor, out var slice)) seen.AddRange(SeenEvent.Read(slice));
        return seen;
    }

    public void Dispose()
    {
        stream.Part(cursor);
        TaskStream.Retire(cursor);
    }

    private bool IsThere()
    {
        var end = stream.End;
        var place = cursor.Block?.End ?? cursor.Position;
        return end.Segment == 0 || (place.Segment == end.Segment && place.Offset >= end.Offset) || (unfinished() && cursor.Parked && (cursor.Block?.NextLine ?? cursor.NextLine) >= end.NextLine);
    }
}
