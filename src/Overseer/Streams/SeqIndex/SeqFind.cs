namespace Overseer.Streams.SeqIndex;

/// <summary>Where the number of a line is to be had.</summary>
internal enum SeqFind
{
    /// <summary>Nowhere yet: lines before it are not numbered.</summary>
    Unknown,

    /// <summary>It is the next line to be numbered.</summary>
    Next,

    /// <summary>In the record that was given.</summary>
    Record,

    /// <summary>In the index of the segment that was given.</summary>
    File,

    /// <summary>Nowhere any more: its segment is gone.</summary>
    Gone,
}
