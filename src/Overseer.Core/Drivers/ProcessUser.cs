namespace Overseer.Core.Drivers;

/// <summary>The user a process runs as, by numbers.</summary>
/// <param name="UserId">The user.</param>
/// <param name="GroupId">Its group.</param>
public sealed record ProcessUser(int UserId, int GroupId);
