namespace Overseer.Chaos;

/// <summary>What a client knows of a start it asked for.</summary>
internal enum StartOutcome
{
    /// <summary>Nothing yet: it may happen once, or never.</summary>
    Unknown,

    /// <summary>It was told `started`: it has happened once.</summary>
    Acknowledged,

    /// <summary>The answer was lost, but the task is known under this request: it happens once. Or it was queued, and has begun since.</summary>
    FoundLater,

    /// <summary>It waits in a queue: it happens once, or not when it is dequeued.</summary>
    Queued,

    /// <summary>It was refused or dequeued, or the server that came later does not know of it: it never happens.</summary>
    Refused,
}
