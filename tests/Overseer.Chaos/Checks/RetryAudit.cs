using Overseer.Chaos.Workers;

namespace Overseer.Chaos.Checks;

/// <summary>
/// What the journal has of one start with a retry policy, against the policy: exits inside the window are counted; at the threshold it is given up, and begins again only by a reset; before that
/// it is started again, not before the delay is over, unless it was stopped.
/// </summary>
internal static class RetryAudit
{
    private static readonly TimeSpan LeastBetweenStarts = TimeSpan.FromMilliseconds(10);

    // Timers and the clock that journals are stamped by are two.
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(5);

    /// <returns>What is wrong; null when nothing is.</returns>
    internal static string? Check(Life root, IReadOnlyList<RunSpan> runs)
    {
        var retries = root.Plan.Retries!;
        var resets = root.Resets.ToHashSet();
        var counted = new List<DateTimeOffset>();
        for (var i = 0; i < runs.Count; i++)
        {
            if (runs[i].ExitedAt is not { } exit)
                return $"its process {i + 1} has no exit";
            counted.Add(exit);
            var inside = retries.Window == TimeSpan.Zero ? counted.Count : counted.Count(at => exit - at < retries.Window);
            var givenUp = retries.Threshold > 0 && inside >= retries.Threshold;
            var reset = resets.Contains(i + 1);
            var isLast = i == runs.Count - 1;
            if (reset && !givenUp)
                return $"it was given up after {i + 1} exits, {inside} of them inside the window";
            if (givenUp && !reset && !isLast)
                return $"it went on after {i + 1} exits, {inside} of them inside the window";
            if (isLast && !givenUp && root.WasGivenUp)
                return $"it was given up after {i + 1} exits, {inside} of them inside the window";
            if (isLast && !givenUp && !root.StopRequested)
                return $"it was not started again after {i + 1} exits, {inside} of them inside the window";
            if (reset)
                counted.Clear();
            else if (!isLast && TooSoon(retries, runs[i], runs[i + 1]) is { } early)
                return early;
        }
        return null;
    }

    private static string? TooSoon(Retries retries, RunSpan run, RunSpan next)
    {
        var sinceExit = next.StartedAt - run.ExitedAt!.Value;
        if (sinceExit < retries.Delay - Slack)
            return $"it was started again {sinceExit.TotalMilliseconds:0.0} ms after an exit";
        var sinceStart = next.StartedAt - run.StartedAt;
        return sinceStart < LeastBetweenStarts - Slack ? $"it was started twice within {sinceStart.TotalMilliseconds:0.0} ms" : null;
    }
}
