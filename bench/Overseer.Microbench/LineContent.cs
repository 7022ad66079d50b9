namespace Overseer.Microbench;

/// <summary>What a line holds, by how much work it makes.</summary>
public enum LineContent
{
    /// <summary>Nothing to escape.</summary>
    Ascii,

    /// <summary>Letters of two and three bytes.</summary>
    Utf8,

    /// <summary>JSON within JSON.</summary>
    Escapes,

    /// <summary>No byte of it is UTF-8.</summary>
    Invalid,
}
