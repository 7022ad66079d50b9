using Overseer.Core.Tasks;

namespace Overseer.Metrics;

/// <summary>How many tasks stand where at one moment.</summary>
internal sealed class TaskCensus
{
    private readonly long[] _byState = new long[Enum.GetValues<TaskState>().Length];
    private readonly Dictionary<string, (long Running, long Waiting)> _byAction = new(StringComparer.Ordinal);

    /// <summary>Counts the tasks.</summary>
    public TaskCensus(IReadOnlyList<TaskStatus> tasks, CountsByAction actions)
    {
        foreach (var action in actions.All)
        {
            _byAction[action.Action] = default;
        }

        foreach (var task in tasks)
        {
            _byState[(int)task.State]++;
            if (task.Phase is TaskPhase.Ended or TaskPhase.Waiting)
            {
                continue;
            }

            var name = actions.Of(task.Action).Action;
            var (running, waiting) = _byAction.GetValueOrDefault(name);
            _byAction[name] = task.Phase == TaskPhase.Queued ? (running, waiting + 1) : (running + 1, waiting);
        }
    }

    /// <summary>Tasks by state, all states.</summary>
    public IEnumerable<KeyValuePair<string, long>> ByState => Enum.GetValues<TaskState>().Select(state => KeyValuePair.Create(NameOf(state), _byState[(int)state]));

    /// <summary>By action: tasks that have a process or are about to, and tasks that wait in its queue.</summary>
    public IReadOnlyDictionary<string, (long Running, long Waiting)> ByAction => _byAction;

    private static string NameOf(TaskState state) => state switch
    {
        TaskState.Active => "active",
        TaskState.Stopped => "stopped",
        TaskState.Errored => "errored",
        TaskState.Queued => "queued",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "no state"),
    };
}
