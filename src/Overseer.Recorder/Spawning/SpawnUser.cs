namespace Overseer.Recorder.Spawning;

/// <summary>The numeric identity a program runs under.</summary>
public sealed record SpawnUser(int UserId, int GroupId);
