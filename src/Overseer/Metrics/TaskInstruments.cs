using System.Diagnostics.Metrics;

namespace Overseer.Metrics;

/// <summary>What is shown of tasks, queues and pools.</summary>
internal static class TaskInstruments
{
    private static readonly InstrumentAdvice<double> WaitBuckets = new()
    {
        HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 1800, 3600, 21600],
    };

    /// <summary>The histogram of the times that tasks waited in a queue before they were started.</summary>
    public static Histogram<double> QueueWait(Meter meter) => meter.CreateHistogram(
        "overseer.queue.wait", "s", "Time that tasks waited in a queue before they were started.", tags: null, WaitBuckets);

    /// <summary>Makes the others.</summary>
    public static void Create(Meter meter, CountsByAction counts, Recent<TaskCensus> census, PoolLimits limits)
    {
        meter.CreateObservableCounter("overseer.task.starts", ObservableSource.PerAction(counts, action => action.Starts), "{run}", "Runs that began, restarts included.");
        meter.CreateObservableCounter("overseer.task.exits", () => Exits(counts), "{run}", "Runs that ended, by exit code or signal.");
        meter.CreateObservableCounter("overseer.task.restarts", ObservableSource.PerAction(counts, action => action.Restarts), "{run}", "Automatic restarts that began.");
        meter.CreateObservableCounter("overseer.task.errored", ObservableSource.PerAction(counts, action => action.Errored), "{task}", "Tasks that were given up.");
        meter.CreateObservableGauge("overseer.tasks", () => ObservableSource.PerLabel("state", census.Value.ByState), "{task}", "Known tasks, by state.");
        meter.CreateObservableGauge(
            "overseer.tasks.running", () => PerAction(census, action => action.Running), "{task}", "Tasks that have a process, or are about to.");
        meter.CreateObservableGauge("overseer.queue.depth", () => PerAction(census, action => action.Waiting), "{task}", "Tasks that wait in a queue.");
        meter.CreateObservableCounter("overseer.queue.entered", ObservableSource.PerAction(counts, action => action.Queued), "{task}", "Tasks that entered a queue.");
        meter.CreateObservableCounter("overseer.queue.left", () => Left(counts), "{task}", "Tasks that left a queue, by reason.");
        meter.CreateObservableGauge(
            "overseer.pool.limit",
            () => ObservableSource.PerLabel("action", limits.ByAction.Select(pair => KeyValuePair.Create(pair.Key, (long)pair.Value))),
            "{task}",
            "Tasks of an action that may run at one time; of actions that have a limit.");
        meter.CreateObservableGauge(
            "overseer.pool.top_limit", () => ObservableSource.Known<long>(limits.Top > 0 ? limits.Top : null), "{task}", "Tasks that may run at one time, all actions together; when there is a limit.");
    }

    private static IEnumerable<Measurement<long>> Exits(CountsByAction counts) =>
    [
        .. counts.All.SelectMany(action => action.Exits.OrderBy(exit => exit.Key, StringComparer.Ordinal)
            .Select(exit => new Measurement<long>(exit.Value, action.Label, new KeyValuePair<string, object?>("code", exit.Key)))),
    ];

    private static IEnumerable<Measurement<long>> Left(CountsByAction counts) =>
    [
        .. counts.All.SelectMany(action => QueueLeave.Reasons
            .Select((reason, i) => new Measurement<long>(action.Left(i), action.Label, new KeyValuePair<string, object?>("reason", reason)))),
    ];

    private static IEnumerable<Measurement<long>> PerAction(Recent<TaskCensus> census, Func<(long Running, long Waiting), long> value) =>
        ObservableSource.PerLabel("action", census.Value.ByAction.Select(pair => KeyValuePair.Create(pair.Key, value(pair.Value))));
}
