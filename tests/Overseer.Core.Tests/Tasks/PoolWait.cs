namespace Overseer.Core.Tests.Tasks;

/// <summary>A task that waits, as the engine has said.</summary>
internal sealed record PoolWait(string Task, string Action, bool Forced, bool RanBefore, DateTimeOffset Since, int Arrival, string? Request)
{
    /// <summary>Its launch was ordered; whether it succeeds is not known yet.</summary>
    public bool Launched { get; set; }
}
