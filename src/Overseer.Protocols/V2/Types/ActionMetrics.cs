using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Counters of the tasks of an action.</summary>
public sealed record ActionMetrics
{
    private static readonly RequiredField<ActionMetrics, long> TasksStartedField =
        new("tasks_started", WireTypes.LongCount, m => m.TasksStarted, "Runs that began, restarts included.");
    private static readonly RequiredField<ActionMetrics, long> TasksCompletedField =
        new("tasks_completed", WireTypes.LongCount, m => m.TasksCompleted, "Runs that ended.");
    private static readonly RequiredField<ActionMetrics, long> TasksErroredField =
        new("tasks_errored", WireTypes.LongCount, m => m.TasksErrored, "Tasks that were given up.");
    private static readonly RequiredField<ActionMetrics, long> TasksRestartedField =
        new("tasks_restarted", WireTypes.LongCount, m => m.TasksRestarted, "Automatic restarts that began.");
    private static readonly RequiredField<ActionMetrics, long> TotalOutputLinesField =
        new("total_output_lines", WireTypes.LongCount, m => m.TotalOutputLines, "Output events, whoever listened.");

    internal static readonly ObjectType<ActionMetrics> Schema = new(
        "ActionMetrics", "Counters of the tasks of an action.",
        [TasksStartedField, TasksCompletedField, TasksErroredField, TasksRestartedField, TotalOutputLinesField],
        f => new ActionMetrics
        {
            TasksStarted = f.Get(TasksStartedField),
            TasksCompleted = f.Get(TasksCompletedField),
            TasksErrored = f.Get(TasksErroredField),
            TasksRestarted = f.Get(TasksRestartedField),
            TotalOutputLines = f.Get(TotalOutputLinesField),
        });

    /// <summary>Runs that began, restarts included.</summary>
    public required long TasksStarted { get; init; }

    /// <summary>Runs that ended.</summary>
    public required long TasksCompleted { get; init; }

    /// <summary>Tasks that were given up.</summary>
    public required long TasksErrored { get; init; }

    /// <summary>Automatic restarts that began.</summary>
    public required long TasksRestarted { get; init; }

    /// <summary>Output events, whoever listened.</summary>
    public required long TotalOutputLines { get; init; }
}
