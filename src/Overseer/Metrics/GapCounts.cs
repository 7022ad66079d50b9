using Overseer.Recorder.Journal;

namespace Overseer.Metrics;

/// <summary>What is missing in the record, since the server began. From any thread.</summary>
internal sealed class GapCounts
{
    private long _full;
    private long _lost;
    private long _damaged;
    private long _rotated;
    private long _droppedBytes;

    /// <summary>Gaps by reason.</summary>
    public IEnumerable<KeyValuePair<string, long>> ByReason =>
    [
        new("disk_full", Interlocked.Read(ref _full)),
        new("recorder_lost", Interlocked.Read(ref _lost)),
        new("damaged", Interlocked.Read(ref _damaged)),
        new("rotated", Interlocked.Read(ref _rotated)),
    ];

    /// <summary>Bytes that were dropped since there was no room.</summary>
    public long DroppedBytes => Interlocked.Read(ref _droppedBytes);

    /// <summary>Gaps were recorded.</summary>
    public void Add(in JournalGrowth growth)
    {
        if ((growth.FullGaps | growth.LostGaps | growth.DamageGaps) == 0)
        {
            return;
        }

        Interlocked.Add(ref _full, growth.FullGaps);
        Interlocked.Add(ref _lost, growth.LostGaps);
        Interlocked.Add(ref _damaged, growth.DamageGaps);
        Interlocked.Add(ref _droppedBytes, growth.DroppedBytes);
    }

    /// <summary>A reader was told that what it wanted has been deleted.</summary>
    public void Rotated() => Interlocked.Increment(ref _rotated);
}
