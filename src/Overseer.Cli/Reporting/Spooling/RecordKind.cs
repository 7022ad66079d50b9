namespace Overseer.Cli.Reporting.Spooling;

/// <summary>What a record of a spool is, which says whether it may be given up. The numbers are in files.</summary>
internal enum RecordKind : byte
{
    /// <summary>A line, or something else that may go when there is no room.</summary>
    Line = 1,

    /// <summary>The message that says how many lines have gone.</summary>
    Lost = 2,

    /// <summary>Something that is never given up.</summary>
    Kept = 3,

    /// <summary>The end of the report; never given up either.</summary>
    Last = 4,
}
