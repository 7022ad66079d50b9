using Overseer.Core.Configuration;
using Overseer.Core.Tasks;

namespace Overseer.Configuration.Reading;

/// <summary>Reads <c>retry</c>, of the top level or of an action.</summary>
internal static class RetryReader
{
    private const double MaxBackoffFactor = 1000;

    /// <summary>The policy; null when it is absent or has no field set, which both mean none.</summary>
    public static RetryPolicy? Read(ConfigSection parent)
    {
        if (parent.Section("retry") is not { } section) return null;
        var policy = new RetryPolicy
        {
            RestartDelay = section.Duration("restart_delay"),
            RestartJitter = section.Duration("restart_jitter"),
            ErrorWindow = section.Duration("error_window"),
            ErrorThreshold = (int?)section.Integer("error_threshold", 0, int.MaxValue),
            RestartOn = section.Enum("restart_on", "any", "failure") switch
            {
                "any" => RestartCondition.Any,
                "failure" => RestartCondition.Failure,
                _ => null,
            },
            BackoffFactor = section.Number("backoff_factor", 1, MaxBackoffFactor),
            MaxRestartDelay = section.Duration("max_restart_delay"),
        };
        if (policy.Problem() is { } problem) section.Error(problem[..problem.IndexOfAny([' ', ':'])], problem[(problem.IndexOfAny([' ', ':']) + 1)..].Trim());
        section.End();
        if (!section.Entries.Any()) return null;
        return policy;
    }
}
