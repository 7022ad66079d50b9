using Overseer.Core.Drivers;
using Overseer.Core.Pools;
using Overseer.Core.Tasks;
using Overseer.Protocols.V2;

namespace Overseer.Server.Trust;

/// <summary>
/// What one connection sees of tasks, actions and pools: everything, or what its token reaches. The rest is not there for it, whatever it asks. Thread-safe.
/// </summary>
internal sealed class TaskView(TaskReach? reach, ServerContext context)
{
    private readonly TaskEngine _engine = context.Supervisor.Engine;

    /// <summary>What it reaches; null for everything.</summary>
    public TaskReach? Reach => reach;

    /// <summary>Whether anything is hidden.</summary>
    public bool IsLimited => reach is not null;

    /// <summary>Whether a task is there.</summary>
    public bool Sees(TaskStatus task) => reach is null || reach.Holds(task);

    /// <summary>Whether a task of that id is not hidden; one that does not exist may be, as nobody knows what it will be.</summary>
    public bool Sees(string taskId) => reach is null || (_engine.Find(taskId) is { } task && reach.Holds(task));

    /// <summary>Whether something that happened to a task is to be heard; null for a task that is known no more.</summary>
    public bool Hears(TaskStatus? task) => reach is null || (task is not null && reach.Holds(task));

    /// <summary>Whether a lifecycle event is to be heard.</summary>
    public bool Hears(LifecycleMessage message) => reach is null || reach.Holds(message.Action, message.Tags ?? []);

    /// <summary>Whether an action is there.</summary>
    public bool SeesAction(string name) => reach is null || reach.Holds(name, context.Actions.Find(name)?.Definition.Tags ?? []);

    /// <summary>The actions that are there.</summary>
    public IEnumerable<ActionEntry> Actions => reach is null ? context.Actions.Entries : context.Actions.Entries.Where(entry => reach.Holds(entry.Definition));

    /// <summary>A pool as far as it is there: those who run and wait in it and are hidden are not counted. Limit and positions are those of the whole pool.</summary>
    public PoolStatus Of(PoolStatus pool)
    {
        if (reach is null)
        {
            return pool;
        }

        var items = pool.Items.Where(item => Sees(item.TaskId)).ToList();
        return pool with
        {
            Running = _engine.Tasks.Count(task => task.Phase is not (TaskPhase.Queued or TaskPhase.Ended) && (pool.Action is null || task.Action == pool.Action) && reach.Holds(task)),
            QueueDepth = items.Count,
            Items = items,
        };
    }

    /// <summary>An answer of the engine as far as it is there.</summary>
    public EngineReply Of(EngineReply reply) => reply is EngineReply.Pool { Status: var status } ? new EngineReply.Pool(Of(status)) : reply;
}
