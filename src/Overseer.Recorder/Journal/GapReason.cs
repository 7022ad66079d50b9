namespace Overseer.Recorder.Journal;

/// <summary>Why something is missing in a journal. The values are part of the file format.</summary>
public enum GapReason : byte
{
    /// <summary>Not a gap.</summary>
    None = 0,

    /// <summary>There was no room for what arrived.</summary>
    DiskFull = 1,

    /// <summary>Nobody was there to record.</summary>
    RecorderLost = 2,

    /// <summary>Older segments were deleted. Never stored; a reader reports it when it finds a segment gone.</summary>
    Rotated = 3,

    /// <summary>Bytes in a file are not what was written.</summary>
    Damaged = 4,
}
