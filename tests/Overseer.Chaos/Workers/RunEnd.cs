namespace Overseer.Chaos.Workers;

/// <summary>How a run ended, as `exited` says it.</summary>
internal sealed record RunEnd(int Code, string? Signal, bool Intentional);
