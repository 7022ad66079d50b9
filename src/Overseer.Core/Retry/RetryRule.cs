using Overseer.Core.Tasks;

namespace Overseer.Core.Retry;

/// <summary>Applies a policy to an exit that nobody asked for. The rules are those of the protocol's "Retry policy".</summary>
internal static class RetryRule
{
    /// <summary>The longest delay that a growing one reaches when the policy names none.</summary>
    public static readonly TimeSpan LongestGrown = TimeSpan.FromHours(1);

    /// <summary>Whether an exit counts at all: under <see cref="RestartCondition.Failure"/> one with code 0 does not, and is the end.</summary>
    public static bool Counts(RetryPolicy? policy, int exitCode, int signal) =>
        policy is not null && (policy.RestartOn != RestartCondition.Failure || signal > 0 || exitCode != 0);

    /// <summary>Judges an exit that counts and is in the history already.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="history">The exits, this one included.</param>
    /// <param name="at">When it happened.</param>
    /// <param name="random">From 0 to less than 1.</param>
    public static RetryVerdict Judge(RetryPolicy policy, ExitHistory history, DateTimeOffset at, double random)
    {
        var exits = Math.Max(1, history.Count(policy.ErrorWindow ?? TimeSpan.Zero, at));
        if (policy.ErrorThreshold is > 0 and var threshold && exits >= threshold) return new RetryVerdict.GiveUp(exits);
        return new RetryVerdict.Again(Delay(policy, exits, random), exits);
    }

    private static TimeSpan Delay(RetryPolicy policy, int attempt, double random)
    {
        var first = policy.RestartDelay ?? TimeSpan.Zero;
        var delay = first;
        if (policy.BackoffFactor is > 1 and var factor && first > TimeSpan.Zero)
        {
            // In floating point, so that many restarts in a row cannot overflow.
            var longest = policy.MaxRestartDelay ?? (first > LongestGrown ? first : LongestGrown);
            var grown = first.TotalSeconds * Math.Pow(factor, attempt - 1);
            delay = grown >= longest.TotalSeconds ? longest : TimeSpan.FromSeconds(grown);
        }

        delay += (policy.RestartJitter ?? TimeSpan.Zero) * random;
        return delay > RetryPolicy.LongestDelay ? RetryPolicy.LongestDelay : delay;
    }
}
