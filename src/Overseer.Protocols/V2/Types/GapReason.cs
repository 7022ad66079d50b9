namespace Overseer.Protocols.V2;

/// <summary>Why output cannot be had any more.</summary>
public enum GapReason
{
    /// <summary>It is older than what is kept.</summary>
    Rotated,

    /// <summary>There was no room to write it down.</summary>
    DiskFull,

    /// <summary>It was lost with the process that records.</summary>
    RecorderLost,
}
