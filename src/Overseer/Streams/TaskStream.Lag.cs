using Overseer.Recorder.Journal;

namespace Overseer.Streams;

// How far the cursors are behind, for metrics.
internal sealed partial class TaskStream
{
    private SegmentTrail? _trail;

    /// <summary>Counts the cursors in.</summary>
    public void AddTo(StreamLoad load)
    {
        foreach (var view in Views)
        {
            view.AddTo(load);
        }

        lock (_gate)
        {
            foreach (var cursor in _cursors)
            {
                load.Add(cursor.Listener, _directory is null || _end.Segment == 0 ? 0 : Lag_NeedsLock(PlaceOf(cursor)));
            }
        }
    }

    private static JournalPosition PlaceOf(StreamCursor cursor) =>
        cursor.Block is not { } block ? cursor.Position
        : cursor.Offset >= block.Length ? block.End
        : block.Start;

    private long Lag_NeedsLock(JournalPosition place) => place.Segment == _end.Segment
        ? Math.Max(0, _end.Offset - place.Offset)
        : (_trail?.BytesFrom(place) ?? 0) + _end.Offset;

    private void LeaveSegment_NeedsLock() => (_trail ??= new SegmentTrail()).Add(_end);
}
