using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.Protocols.V2;
using Overseer.Server.Trust;
using Overseer.Streams;

namespace Overseer.Metrics;

/// <summary>The answers to `metrics`. From any thread.</summary>
internal sealed class MetricsAnswers(OverseerMetrics metrics, TaskEngine engine, StreamRegistry streams, TimeProvider clock)
{
    /// <summary>The answer to one request.</summary>
    /// <param name="request">The request; what it names was found to be there for whoever asks.</param>
    /// <param name="view">What is there for whoever asks: the sum of all is that of what he sees.</param>
    public ServerMessage To(MetricsMessage request, TaskView view)
    {
        if (request.TaskId is { } taskId)
        {
            return OfTask(request.Id, taskId);
        }

        if (request.Action is not { } action)
        {
            return new MetricsResponse { Id = request.Id, Global = OfAll(view) };
        }

        var actions = engine.Actions;
        return (action == ActionCatalog.CommandName || actions.Find(action) is not null) && metrics.Counts.Find(action) is { } counts
            ? new MetricsResponse { Id = request.Id, Action = OfAction(counts) }
            : new ErrorMessage { Id = request.Id, Message = actions.Refusal(action) };
    }

    private static ActionMetrics OfAction(ActionCounts counts) => new()
    {
        TasksStarted = counts.Starts,
        TasksCompleted = counts.Completed,
        TasksErrored = counts.Errored,
        TasksRestarted = counts.Restarts,
        TotalOutputLines = counts.OutputLines,
    };

    private GlobalMetrics OfAll(TaskView view)
    {
        var all = metrics.Counts.All.Where(counts => view.SeesAction(counts.Action)).ToList();
        return new GlobalMetrics
        {
            TasksStarted = all.Sum(counts => counts.Starts),
            TasksCompleted = all.Sum(counts => counts.Completed),
            TasksErrored = all.Sum(counts => counts.Errored),
            TasksRestarted = all.Sum(counts => counts.Restarts),
            TotalOutputLines = all.Sum(counts => counts.OutputLines),
            Enqueued = all.Sum(counts => counts.Queued),
            Dequeued = all.Sum(counts => Enum.GetValues<DequeueReason>().Sum(reason => counts.Left(QueueLeave.Of(reason)))),
            Displaced = all.Sum(counts => counts.Left(QueueLeave.Of(DequeueReason.Displaced))),
            Expired = all.Sum(counts => counts.Left(QueueLeave.Of(DequeueReason.Expired))),
        };
    }

    private ServerMessage OfTask(string id, string taskId)
    {
        if (engine.Find(taskId) is not { } task)
        {
            return new ErrorMessage { Id = id, Message = "task not found" };
        }

        try
        {
            return new MetricsResponse
            {
                Id = id,
                Task = new TaskMetrics
                {
                    OutputLines = LinesOf(taskId),
                    RestartCount = task.RestartCount,
                    RuntimeMs = (long)metrics.Accounts.Runtime(taskId, clock.GetUtcNow()).TotalMilliseconds,
                    LastExitCode = task.LastExitCode,
                },
            };
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return new ErrorMessage { Id = id, Message = $"the journal of task {taskId} cannot be read: {e.Message}" };
        }
    }

    // The journal counts from 1, and knows the task's whole life, deleted segments too.
    private long LinesOf(string taskId) => streams.Find(taskId)?.End is { Segment: > 0, NextLine: var next } ? next - 1 : 0;
}
