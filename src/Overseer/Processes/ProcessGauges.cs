using System.Diagnostics.Metrics;
using Overseer.Metrics;

namespace Overseer.Processes;

/// <summary>What is shown of the processes of tasks, added up by action: so many series as there are actions, however many tasks.</summary>
internal static class ProcessGauges
{
    /// <summary>Makes them.</summary>
    public static void Create(Meter meter, CountsByAction counts, Recent<ProcessLook> look)
    {
        meter.CreateObservableGauge("overseer.task.processes", () => PerAction(counts, look, found => found.Members.Count), "{process}", "Processes of running tasks, their descendants included.");
        meter.CreateObservableGauge(
            "overseer.task.cpu_usage", () => PerAction(counts, look, found => found.Tree.CpuPercent / 100), unit: null, "Processors that the processes of running tasks keep busy, since the look before.");
        meter.CreateObservableGauge(
            "overseer.task.resident_memory", () => PerAction(counts, look, found => found.Tree.ResidentBytes), "By", "Resident memory of the processes of running tasks; what they share is counted for each.");
        meter.CreateObservableGauge("overseer.task.threads", () => PerAction(counts, look, found => found.Tree.Threads), "{thread}", "Threads of the processes of running tasks.");
    }

    private static List<Measurement<double>> PerAction(CountsByAction counts, Recent<ProcessLook> look, Func<TaskProcesses, double> value)
    {
        var sums = look.Value.Tasks.GroupBy(found => counts.Of(found.Task.Action).Action, StringComparer.Ordinal)
            .ToDictionary(tasks => tasks.Key, tasks => tasks.Sum(value), StringComparer.Ordinal);
        return [.. counts.All.Select(action => new Measurement<double>(sums.GetValueOrDefault(action.Action), action.Label))];
    }
}
