namespace Overseer.Configuration;

/// <summary>Profiles of the WebSocket protocol.</summary>
public enum WireProtocol
{
    /// <summary>The current one.</summary>
    V2,

    /// <summary>Clients keyed by task_id and command.</summary>
    V1,

    /// <summary>Clients keyed by pid and command.</summary>
    V0,
}
