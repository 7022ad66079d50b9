namespace Overseer.Chaos.Checks;

/// <summary>A run as the journal has it.</summary>
/// <param name="Run">Its id.</param>
/// <param name="StartedAt">When it began.</param>
internal sealed record RunSpan(Guid Run, DateTimeOffset StartedAt)
{
    /// <summary>When it exited; <see langword="null"/>: it has not.</summary>
    internal DateTimeOffset? ExitedAt { get; set; }

    /// <summary>Number of the signal that ended it.</summary>
    internal int Signal { get; set; }

    /// <summary>A time as journals have it.</summary>
    internal static DateTimeOffset Time(long nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100);
}
