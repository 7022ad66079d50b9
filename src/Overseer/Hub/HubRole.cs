namespace Overseer.Hub;

/// <summary>What a connection of the hub is there for, as far as it has shown.</summary>
internal enum HubRole
{
    /// <summary>It has brought no valid token and may do nothing.</summary>
    Unauthenticated,

    /// <summary>It may do something and has neither reported nor asked to watch.</summary>
    Idle,

    /// <summary>It reports for a container.</summary>
    Producer,

    /// <summary>It watches.</summary>
    Viewer,

    /// <summary>It reports and watches.</summary>
    Both,
}
