namespace Overseer.Chaos.Workers;

/// <summary>How a worker prints.</summary>
internal enum Rhythm
{
    /// <summary>Some hundred lines at once, then a pause.</summary>
    Burst,

    /// <summary>Line by line.</summary>
    Single,

    /// <summary>Parts of lines, on both streams by turns.</summary>
    Pieces,

    /// <summary>Line by line, some longer than a pipe.</summary>
    Long,

    /// <summary>A few lines, then seconds of silence.</summary>
    Silent,
}
