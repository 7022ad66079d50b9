using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Counters of all tasks together.</summary>
public sealed record GlobalMetrics
{
    private static readonly RequiredField<GlobalMetrics, long> TasksStartedField =
        new("tasks_started", WireTypes.LongCount, m => m.TasksStarted, "Runs that began, restarts included.");
    private static readonly RequiredField<GlobalMetrics, long> TasksCompletedField =
        new("tasks_completed", WireTypes.LongCount, m => m.TasksCompleted, "Runs that ended.");
    private static readonly RequiredField<GlobalMetrics, long> TasksErroredField =
        new("tasks_errored", WireTypes.LongCount, m => m.TasksErrored, "Tasks that were given up.");
    private static readonly RequiredField<GlobalMetrics, long> TasksRestartedField =
        new("tasks_restarted", WireTypes.LongCount, m => m.TasksRestarted, "Automatic restarts that began.");
    private static readonly RequiredField<GlobalMetrics, long> TotalOutputLinesField =
        new("total_output_lines", WireTypes.LongCount, m => m.TotalOutputLines, "Output events, whoever listened.");
    private static readonly RequiredField<GlobalMetrics, long> EnqueuedField =
        new("enqueued", WireTypes.LongCount, m => m.Enqueued, "Tasks that entered a queue.");
    private static readonly RequiredField<GlobalMetrics, long> DequeuedField =
        new("dequeued", WireTypes.LongCount, m => m.Dequeued, "Tasks that left a queue without being started.");
    private static readonly RequiredField<GlobalMetrics, long> DisplacedField =
        new("displaced", WireTypes.LongCount, m => m.Displaced, "Those of them that made room for another one.");
    private static readonly RequiredField<GlobalMetrics, long> ExpiredField =
        new("expired", WireTypes.LongCount, m => m.Expired, "Those of them that waited too long.");

    internal static readonly ObjectType<GlobalMetrics> Schema = new(
        "GlobalMetrics", "Counters of all tasks together.",
        [TasksStartedField, TasksCompletedField, TasksErroredField, TasksRestartedField, TotalOutputLinesField, EnqueuedField, DequeuedField, DisplacedField, ExpiredField],
        f => new GlobalMetrics
        {
            TasksStarted = f.Get(TasksStartedField),
            TasksCompleted = f.Get(TasksCompletedField),
            TasksErrored = f.Get(TasksErroredField),
            TasksRestarted = f.Get(TasksRestartedField),
            TotalOutputLines = f.Get(TotalOutputLinesField),
            Enqueued = f.Get(EnqueuedField),
            Dequeued = f.Get(DequeuedField),
            Displaced = f.Get(DisplacedField),
            Expired = f.Get(ExpiredField),
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

    /// <summary>Tasks that entered a queue.</summary>
    public required long Enqueued { get; init; }

    /// <summary>Tasks that left a queue without being started.</summary>
    public required long Dequeued { get; init; }

    /// <summary>Those of them that made room for another one.</summary>
    public required long Displaced { get; init; }

    /// <summary>Those of them that waited too long.</summary>
    public required long Expired { get; init; }
}
