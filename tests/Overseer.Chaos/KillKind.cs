namespace Overseer.Chaos;

/// <summary>Whom a round kills.</summary>
internal enum KillKind
{
    /// <summary>The server, sometimes again while it comes up.</summary>
    Server,

    /// <summary>The recorder, sometimes again while the next one takes over.</summary>
    Recorder,

    /// <summary>Both, in any order.</summary>
    Both,
}
