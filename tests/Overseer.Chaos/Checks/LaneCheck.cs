namespace Overseer.Chaos.Checks;

/// <summary>How far one stream of one process of a life was seen.</summary>
internal sealed class LaneCheck
{
    internal long Lines { get; set; }

    internal long Bytes { get; set; }

    /// <summary>Its last line had no end: nothing can follow.</summary>
    internal bool IsCut { get; set; }
}
