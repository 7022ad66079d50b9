namespace Overseer.Recorder.Journal;

/// <summary>What is found where a chunk's header should be.</summary>
internal enum ChunkState
{
    /// <summary>Nothing, or less than a header.</summary>
    None,

    /// <summary>A finished chunk, all of it there.</summary>
    Done,

    /// <summary>A finished chunk whose data go beyond the limit.</summary>
    Short,

    /// <summary>A header that was written before its data.</summary>
    Open,

    /// <summary>Bytes that are no header.</summary>
    Damaged,
}
