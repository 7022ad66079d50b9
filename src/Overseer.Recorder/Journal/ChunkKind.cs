namespace Overseer.Recorder.Journal;

/// <summary>What a chunk of a journal holds. The values are part of the file format.</summary>
public enum ChunkKind : byte
{
    /// <summary>Bytes of one stream of one run.</summary>
    Output = 1,

    /// <summary>A run began.</summary>
    Started = 2,

    /// <summary>A run's process ended; finishes the unfinished lines of that run.</summary>
    Exited = 3,

    /// <summary>Something was lost here.</summary>
    Gap = 4,

    /// <summary>The bytes of an unfinished line, repeated at the beginning of a new segment.</summary>
    Carry = 5,

    /// <summary>A stream ended; finishes its unfinished line.</summary>
    Cut = 6,
}
