namespace Overseer.EventLog;

/// <summary>What an event is to the log.</summary>
internal enum ControlKind : byte
{
    /// <summary>None.</summary>
    None,

    /// <summary>A start: its place is in the journal.</summary>
    Started,

    /// <summary>An exit: its place is in the journal.</summary>
    Exited,

    /// <summary>What no journal knows of, between an exit and the next start: restarting, errored, queued, dequeued.</summary>
    Between,
}
