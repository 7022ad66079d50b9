namespace Overseer.Recorder.Journal;

/// <summary>What has come into a journal, in numbers: for metrics.</summary>
/// <param name="OutputBytes">Bytes of output, without the journal's own framing.</param>
/// <param name="Lines">Lines that were finished.</param>
/// <param name="DroppedBytes">Bytes that were dropped because there was no room.</param>
/// <param name="FullGaps">Gaps for want of room.</param>
/// <param name="LostGaps">Gaps since nobody was there to record.</param>
/// <param name="DamageGaps">Gaps where a file did not hold what was written.</param>
public readonly record struct JournalGrowth(long OutputBytes, long Lines, long DroppedBytes, int FullGaps, int LostGaps, int DamageGaps)
{
    /// <summary>That many lines and bytes of output more.</summary>
    internal JournalGrowth WithOutput(long bytes, int lines) => this with { OutputBytes = OutputBytes + bytes, Lines = Lines + lines };

    /// <summary>A gap more.</summary>
    internal JournalGrowth WithGap(GapReason reason, long bytes) => reason switch
    {
        GapReason.DiskFull => this with { FullGaps = FullGaps + 1, DroppedBytes = DroppedBytes + bytes },
        GapReason.RecorderLost => this with { LostGaps = LostGaps + 1 },
        GapReason.Damaged => this with { DamageGaps = DamageGaps + 1 },
        _ => this,
    };
}
