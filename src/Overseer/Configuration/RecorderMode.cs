namespace Overseer.Configuration;

/// <summary>Who starts the recorder.</summary>
public enum RecorderMode
{
    /// <summary>The server, when there is none.</summary>
    Launch,

    /// <summary>Somebody else, such as systemd: the server waits for it and never starts one.</summary>
    Connect,
}
