using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Counters of a task.</summary>
public sealed record TaskMetrics
{
    private static readonly RequiredField<TaskMetrics, long> OutputLinesField =
        new("output_lines", WireTypes.LongCount, m => m.OutputLines, "Its output events.");
    private static readonly RequiredField<TaskMetrics, int> RestartCountField =
        new("restart_count", WireTypes.Count, m => m.RestartCount, "Its automatic restarts.");
    private static readonly RequiredField<TaskMetrics, long> RuntimeMsField =
        new("runtime_ms", WireTypes.LongCount, m => m.RuntimeMs, "How many milliseconds its processes ran, all together.");
    private static readonly OptionalValueField<TaskMetrics, int> LastExitCodeField =
        new("last_exit_code", WireTypes.Integer, m => m.LastExitCode, "Its latest exit code; -1 when a signal ended the process.");

    internal static readonly ObjectType<TaskMetrics> Schema = new(
        "TaskMetrics", "Counters of a task.",
        [OutputLinesField, RestartCountField, RuntimeMsField, LastExitCodeField],
        f => new TaskMetrics
        {
            OutputLines = f.Get(OutputLinesField),
            RestartCount = f.Get(RestartCountField),
            RuntimeMs = f.Get(RuntimeMsField),
            LastExitCode = f.Get(LastExitCodeField),
        });

    /// <summary>Its output events.</summary>
    public required long OutputLines { get; init; }

    /// <summary>Its automatic restarts.</summary>
    public required int RestartCount { get; init; }

    /// <summary>How many milliseconds its processes ran, all together.</summary>
    public required long RuntimeMs { get; init; }

    /// <summary>Its latest exit code; -1 when a signal ended the process.</summary>
    public int? LastExitCode { get; init; }
}
