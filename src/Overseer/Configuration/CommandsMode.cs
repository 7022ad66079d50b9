namespace Overseer.Configuration;

/// <summary>Whether clients may run commands that no action describes.</summary>
public enum CommandsMode
{
    /// <summary>No.</summary>
    None,

    /// <summary>One, named by the configuration.</summary>
    Pinned,

    /// <summary>Any, but only those clients that the kernel says are the server's own user: what holds without a configuration file.</summary>
    Owner,

    /// <summary>Any.</summary>
    Any,
}
