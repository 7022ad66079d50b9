namespace Overseer.Configuration;

/// <summary>Whether clients may run commands that no action describes.</summary>
public enum CommandsMode
{
    /// <summary>No.</summary>
    None,

    /// <summary>One, named by the configuration.</summary>
    Pinned,

    /// <summary>Any.</summary>
    Any,
}
