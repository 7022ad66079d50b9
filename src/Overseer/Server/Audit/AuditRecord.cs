namespace Overseer.Server.Audit;

/// <summary>One line of the audit log: who, from where, what, outcome. All texts are safe to print, and bounded.</summary>
/// <param name="At">When.</param>
/// <param name="Who">The peer, as the server's log names it.</param>
/// <param name="Connection">The connection's number; 0 when there is none.</param>
/// <param name="What">The request's type, or <c>connect</c>.</param>
/// <param name="Target">The task, action or path it is about; empty for none.</param>
/// <param name="Detail">What else it says; empty for nothing.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Kind">Which way it went.</param>
internal sealed record AuditRecord(DateTimeOffset At, string Who, long Connection, string What, string Target, string Detail, string Outcome, AuditKind Kind);
