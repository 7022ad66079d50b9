namespace Overseer.Hub;

/// <summary>A session as it stands.</summary>
/// <param name="ContainerId">The container, and the task.</param>
/// <param name="IsOpen">Whether it is under way.</param>
/// <param name="Status">The last status that was reported; null for none.</param>
/// <param name="FirstSeen">When its first message came.</param>
/// <param name="LastSeen">When its last message came; of one that has ended, when it did.</param>
/// <param name="Messages">How many messages its journal counts.</param>
/// <param name="ExitCode">The exit code of the last run that has ended; null while there is none.</param>
/// <param name="Producers">How many connections report for it now.</param>
internal sealed record SessionView(string ContainerId, bool IsOpen, string? Status, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, long Messages, int? ExitCode, int Producers);
