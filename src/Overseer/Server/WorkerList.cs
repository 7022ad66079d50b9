using Overseer.Core.Tasks;
using Overseer.Protocols.Classic;
using Overseer.Protocols.V2;
using Overseer.Streams;

namespace Overseer.Server;

/// <summary>What v0 clients get in answer to <c>list</c>: the latest process of each task that has, or had, one. The filters of v2 hold, but that <c>since</c> looks at the latest event.</summary>
internal static class WorkerList
{
    /// <summary>The answer.</summary>
    public static WorkersMessage Answer(ListMessage list, IReadOnlyList<TaskStatus> tasks, StreamRegistry streams)
    {
        var filter = TaskMessages.ToFilter(list) with { Since = null, Limit = null };
        var workers = filter.Apply(tasks)
            .Select(task => WorkerInfo.Of(task, streams.Find(task.TaskId)?.LastEventAt()))
            .OfType<WorkerInfo>()
            .Where(worker => list.Since is not { } since || (worker.LastEventAt ?? worker.StartedAt) >= since);
        return new WorkersMessage { Id = list.Id, Workers = [.. list.Limit is { } limit ? workers.Take(limit) : workers] };
    }
}
