namespace Overseer.Core.Tasks;

/// <summary>
/// How a task is restarted after an exit nobody asked for. Every field may be unset (<see langword="null"/>): policies are layered, the request's over
/// the action's over the global one, field by field (<see cref="Over"/>).
/// </summary>
public sealed record RetryPolicy
{
    /// <summary>The highest <see cref="ErrorThreshold"/> under an <see cref="ErrorWindow"/>: of so many exits the time is kept, across restarts of the server too.</summary>
    public const int MaxThresholdInWindow = 256;

    /// <summary>The longest delay, jitter included: 30 days.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromDays(30);

    /// <summary>The longest window: ten years.</summary>
    public static readonly TimeSpan LongestWindow = TimeSpan.FromDays(3650);

    /// <summary>A policy with no field set.</summary>
    public static RetryPolicy Empty { get; } = new();

    /// <summary>Time between an exit and the next start; unset means none (the floor of 10 ms between starts remains).</summary>
    public TimeSpan? RestartDelay { get; init; }

    /// <summary>Upper bound of the random part that is added to <see cref="RestartDelay"/>.</summary>
    public TimeSpan? RestartJitter { get; init; }

    /// <summary>Sliding window in which exits are counted; zero or unset means all time.</summary>
    public TimeSpan? ErrorWindow { get; init; }

    /// <summary>Number of exits in the window at which the task is given up; 0 or unset means never.</summary>
    public int? ErrorThreshold { get; init; }

    /// <summary>Which exits count; unset means <see cref="RestartCondition.Any"/>.</summary>
    public RestartCondition? RestartOn { get; init; }

    /// <summary>Factor by which the delay grows with each restart in a row; unset means 1.</summary>
    public double? BackoffFactor { get; init; }

    /// <summary>Upper bound of the delay that <see cref="BackoffFactor"/> can reach.</summary>
    public TimeSpan? MaxRestartDelay { get; init; }

    /// <summary>What is wrong with the policy as a whole: the field and the allowed values; <see langword="null"/> when nothing is. To be asked of merged policies.</summary>
    public string? Problem()
    {
        if (ErrorWindow > TimeSpan.Zero && ErrorThreshold > MaxThresholdInWindow)
        {
            return $"error_threshold: at most {MaxThresholdInWindow} is allowed together with error_window";
        }

        if (MaxRestartDelay < RestartDelay) return "max_restart_delay must not be shorter than restart_delay";
        return TooLong("restart_delay", RestartDelay, LongestDelay)
            ?? TooLong("restart_jitter", RestartJitter, LongestDelay)
            ?? TooLong("max_restart_delay", MaxRestartDelay, LongestDelay)
            ?? TooLong("error_window", ErrorWindow, LongestWindow);

        static string? TooLong(string field, TimeSpan? time, TimeSpan longest) => time > longest ? $"{field}: at most {longest.TotalHours}h is allowed" : null;
    }

    /// <summary>This policy with the fields it leaves unset taken from <paramref name="lower"/>.</summary>
    public RetryPolicy Over(RetryPolicy? lower) => lower is null
        ? this
        : new RetryPolicy
        {
            RestartDelay = RestartDelay ?? lower.RestartDelay,
            RestartJitter = RestartJitter ?? lower.RestartJitter,
            ErrorWindow = ErrorWindow ?? lower.ErrorWindow,
            ErrorThreshold = ErrorThreshold ?? lower.ErrorThreshold,
            RestartOn = RestartOn ?? lower.RestartOn,
            BackoffFactor = BackoffFactor ?? lower.BackoffFactor,
            MaxRestartDelay = MaxRestartDelay ?? lower.MaxRestartDelay,
        };
}
