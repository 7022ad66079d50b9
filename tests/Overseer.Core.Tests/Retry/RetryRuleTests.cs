using Overseer.Core.Retry;
using Overseer.Core.Tasks;

namespace Overseer.Core.Tests.Retry;

/// <summary>The rules of a policy, exit by exit.</summary>
public sealed class RetryRuleTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Without_a_policy_no_exit_counts() => Assert.False(RetryRule.Counts(null, 1, 0));

    [Theory]
    [InlineData(null, 0, 0, true)]
    [InlineData(null, 1, 0, true)]
    [InlineData(RestartCondition.Any, 0, 0, true)]
    [InlineData(RestartCondition.Failure, 0, 0, false)]
    [InlineData(RestartCondition.Failure, 1, 0, true)]
    [InlineData(RestartCondition.Failure, 0, 9, true)]
    [InlineData(RestartCondition.Failure, -1, 0, true)]
    public void Code_zero_counts_too_unless_only_failures_do(RestartCondition? on, int code, int signal, bool counts) =>
        Assert.Equal(counts, RetryRule.Counts(new RetryPolicy { RestartOn = on }, code, signal));

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    public void No_factor_lets_a_delay_grow_that_is_none(int? seconds)
    {
        var policy = new RetryPolicy { RestartDelay = seconds is { } delay ? TimeSpan.FromSeconds(delay) : null, BackoffFactor = double.MaxValue };
        var history = new ExitHistory();
        for (var i = 1; i <= 5; i++)
        {
            history.Add(Begin);
            Assert.Equal(new RetryVerdict.Again(TimeSpan.Zero, i), RetryRule.Judge(policy, history, Begin, 0));
        }
    }

    [Fact]
    public void An_empty_policy_restarts_at_once_for_ever()
    {
        var history = new ExitHistory();
        for (var i = 1; i <= 10_000; i++)
        {
            history.Add(Begin);
            Assert.Equal(new RetryVerdict.Again(TimeSpan.Zero, i), RetryRule.Judge(RetryPolicy.Empty, history, Begin, 0.999));
        }
    }

    [Theory]
    [InlineData(0, 5, "again 5")]
    [InlineData(1, 1, "give up 1")]
    [InlineData(3, 2, "again 2")]
    [InlineData(3, 3, "give up 3")]
    public void At_the_threshold_the_task_is_given_up(int threshold, int exits, string expected) =>
        Assert.Equal(expected, Judge(new RetryPolicy { ErrorThreshold = threshold }, [.. Enumerable.Repeat(0.0, exits)]));

    [Theory]
    [InlineData("again 1", 0.0, 10.0)]
    [InlineData("give up 2", 0.0, 9.999)]
    [InlineData("give up 2", 0.0, 9.0, 18.5)]
    [InlineData("again 1", 0.0, 10.0, 20.0)]
    public void Only_exits_inside_the_sliding_window_count(string expected, params double[] seconds) =>
        Assert.Equal(expected, Judge(new RetryPolicy { ErrorThreshold = 2, ErrorWindow = TimeSpan.FromSeconds(10) }, seconds));

    [Theory]
    [InlineData(1, 0.0, 1.0)]
    [InlineData(1, 0.5, 1.25)]
    [InlineData(2, 0.0, 2.0)]
    [InlineData(3, 0.0, 4.0)]
    [InlineData(4, 0.0, 7.0)]
    [InlineData(2000, 0.0, 7.0)]
    [InlineData(4, 0.5, 7.25)]
    public void The_delay_grows_to_its_bound_and_the_jitter_comes_on_top(int exits, double random, double seconds)
    {
        var policy = new RetryPolicy
        {
            RestartDelay = TimeSpan.FromSeconds(1),
            RestartJitter = TimeSpan.FromSeconds(0.5),
            BackoffFactor = 2,
            MaxRestartDelay = TimeSpan.FromSeconds(7),
        };
        var history = new ExitHistory();
        for (var i = 0; i < exits; i++) history.Add(Begin);
        Assert.Equal(TimeSpan.FromSeconds(seconds), Assert.IsType<RetryVerdict.Again>(RetryRule.Judge(policy, history, Begin, random)).Delay);
    }

    [Fact]
    public void Without_a_bound_the_delay_grows_to_an_hour()
    {
        var history = new ExitHistory();
        for (var i = 0; i < 5000; i++) history.Add(Begin);
        var policy = new RetryPolicy { RestartDelay = TimeSpan.FromSeconds(1), BackoffFactor = 1000 };
        Assert.Equal(RetryRule.LongestGrown, Assert.IsType<RetryVerdict.Again>(RetryRule.Judge(policy, history, Begin, 0)).Delay);
        var slow = policy with { RestartDelay = TimeSpan.FromHours(5) };
        Assert.Equal(TimeSpan.FromHours(5), Assert.IsType<RetryVerdict.Again>(RetryRule.Judge(slow, history, Begin, 0)).Delay);
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void A_window_can_count_to_256(int threshold, bool allowed)
    {
        var policy = new RetryPolicy { ErrorThreshold = threshold, ErrorWindow = TimeSpan.FromHours(1) };
        Assert.Equal(allowed ? null : "error_threshold: at most 256 is allowed together with error_window", policy.Problem());
        Assert.Null((policy with { ErrorWindow = TimeSpan.Zero }).Problem());
    }

    [Theory]
    [InlineData(720, 87600, null)]
    [InlineData(720.001, 0, "restart_delay: at most 720h is allowed")]
    [InlineData(0, 87600.001, "error_window: at most 87600h is allowed")]
    public void Times_have_bounds(double delayHours, double windowHours, string? problem) =>
        Assert.Equal(problem, new RetryPolicy { RestartDelay = TimeSpan.FromHours(delayHours), ErrorWindow = TimeSpan.FromHours(windowHours) }.Problem());

    [Fact]
    public void Delay_and_jitter_together_are_bounded_too()
    {
        var policy = new RetryPolicy { RestartDelay = RetryPolicy.LongestDelay, RestartJitter = RetryPolicy.LongestDelay };
        Assert.Null(policy.Problem());
        Assert.Equal(RetryPolicy.LongestDelay, Assert.IsType<RetryVerdict.Again>(RetryRule.Judge(policy, new ExitHistory(), Begin, 0.9)).Delay);
    }

    [Fact]
    public void Policies_are_merged_field_by_field()
    {
        var global = new RetryPolicy { RestartDelay = TimeSpan.FromSeconds(1), ErrorThreshold = 9, RestartOn = RestartCondition.Failure };
        var action = new RetryPolicy { RestartDelay = TimeSpan.FromSeconds(2), BackoffFactor = 3 };
        var request = new RetryPolicy { ErrorThreshold = 1 };
        Assert.Equal(
            new RetryPolicy { RestartDelay = TimeSpan.FromSeconds(2), ErrorThreshold = 1, RestartOn = RestartCondition.Failure, BackoffFactor = 3 },
            request.Over(action).Over(global));
    }

    private static string Judge(RetryPolicy policy, double[] seconds)
    {
        var history = new ExitHistory();
        foreach (var second in seconds) history.Add(Begin.AddSeconds(second));
        return RetryRule.Judge(policy, history, Begin.AddSeconds(seconds[^1]), 0) switch
        {
            RetryVerdict.GiveUp given => $"give up {given.Exits}",
            RetryVerdict.Again again => $"again {again.Attempt}",
            var other => other.ToString(),
        };
    }
}
