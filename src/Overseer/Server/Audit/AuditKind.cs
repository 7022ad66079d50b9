namespace Overseer.Server.Audit;

/// <summary>Which way something went that is audited.</summary>
internal enum AuditKind
{
    /// <summary>It was done.</summary>
    Done,

    /// <summary>It was refused, or came to nothing.</summary>
    Refused,

    /// <summary>More of the same peer's was refused than has lines of its own.</summary>
    RefusedMore,
}
