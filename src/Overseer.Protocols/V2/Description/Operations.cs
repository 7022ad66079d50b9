using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>What clients can do, one operation for each of their messages.</summary>
internal static class Operations
{
    private static readonly MessageDefinition[] EventsOfTask =
    [
        StartedMessage.Schema, OutputMessage.Schema, ExitedMessage.Schema, RestartingMessage.Schema, ErroredMessage.Schema, GapMessage.Schema,
    ];

    public static IReadOnlyList<Operation> All { get; } =
    [
        new("start_task", StartMessage.Schema, StartedMessage.Schema, QueuedMessage.Schema)
        {
            Broadcast = [QueuedMessage.Schema, DequeuedMessage.Schema],
            BroadcastSubscribers = EventsOfTask,
            Notes = "The sender is subscribed to the task before its process starts. When the pool is full the answer is queued; started with the same id follows "
                + "when there is room, or dequeued when the task leaves the queue without being started. Exactly one of action and command is given.",
        },
        new("stop_task", StopMessage.Schema)
        {
            Broadcast = [DequeuedMessage.Schema],
            BroadcastSubscribers = [ExitedMessage.Schema],
            Notes = "There is no direct answer when it succeeds: exited with intentional true follows for a task that runs, dequeued for one that waits. "
                + "One of task_id and pid is needed.",
        },
        new("reset_task", ResetMessage.Schema, StartedMessage.Schema)
        {
            BroadcastSubscribers = EventsOfTask,
            Notes = "Only for tasks that are errored. No pool is asked: the task starts at once.",
        },
        new("list_tasks", ListMessage.Schema, TasksMessage.Schema)
        {
            Notes = "All conditions that are given must hold. To page, set limit, and after to the number of the last task that came.",
        },
        new("replay_task", ReplayMessage.Schema, OutputMessage.Schema, ExitedMessage.Schema, GapMessage.Schema, ReplayedMessage.Schema)
        {
            Notes = "Past events come to the sender alone and without id, then replayed with the id and their count. One of task_id and pid is needed.",
        },
        new("describe_actions", DescribeMessage.Schema, ActionsMessage.Schema),
        new("get_pool_info", PoolInfoMessage.Schema, PoolInfoResponse.Schema),
        new("purge_queue", PurgeMessage.Schema, PurgedMessage.Schema)
        {
            Broadcast = [DequeuedMessage.Schema],
            Notes = "One dequeued with the reason purged for each task.",
        },
        new("set_pool_limits", SetPoolMessage.Schema, PoolInfoResponse.Schema)
        {
            Broadcast = [PoolUpdatedMessage.Schema, QueuedMessage.Schema],
            BroadcastSubscribers = [StartedMessage.Schema, ExitedMessage.Schema],
            Notes = "What is left out stays as it is. Lasts until the configuration is read again. size and limit are the same setting.",
        },
        new("subscribe_task", SubscribeMessage.Schema, SubscribedMessage.Schema)
        {
            BroadcastSubscribers = [.. EventsOfTask, LifecycleMessage.Schema],
            Notes = "Exactly one of task_id, tag, group and lifecycle is given; from_seq goes with task_id only, since and after with lifecycle only.",
        },
        new("unsubscribe_task", UnsubscribeMessage.Schema, UnsubscribedMessage.Schema)
        {
            Notes = "Exactly one of task_id, tag, group and lifecycle is given.",
        },
        new("get_metrics", MetricsMessage.Schema, MetricsResponse.Schema)
        {
            Notes = "The answer has exactly one of global, action and task: task when task_id is given, else action when that is given, else global.",
        },
        new("get_processes", ProcessesMessage.Schema, ProcessesResponse.Schema)
        {
            Notes = "All conditions that are given must hold. Tasks without a process are left out.",
        },
        new("list_sessions", SessionsMessage.Schema, SessionsResponse.Schema)
        {
            Notes = "What containers have reported to the hub. A session is a task with the same id: list, replay, subscribe and stop know it too.",
        },
        new("get_manifest", ManifestMessage.Schema, ManifestResponse.Schema),
        new("send_input", InputMessage.Schema, AcceptedMessage.Schema)
        {
            Notes = "Only for running tasks whose action has a standard input (stdin: pipe).",
        },
        new("send_signal", SignalMessage.Schema, AcceptedMessage.Schema)
        {
            Notes = "Only for running tasks. It is no stop: when the process ends of it, the task's policy decides what follows.",
        },
        new("adopt_process", AdoptMessage.Schema, AdoptedMessage.Schema)
        {
            BroadcastSubscribers = [StartedMessage.Schema, ExitedMessage.Schema],
            Notes = "Exactly one of pid and container is given. The process goes on as it is; of a process there is no output, of a container all that its engine has of it since it was started. exited is told to those who subscribed to the task, or to a tag or group of it.",
        },
        new("forget_task", ForgetMessage.Schema, ForgottenMessage.Schema)
        {
            Notes = "A task of an action must have ended. Nothing is done to the process of an adopted one.",
        },
        new("rename_label", RenameLabelMessage.Schema, RenamedMessage.Schema)
        {
            Notes = "Tasks that have the new one already keep it once. What an action gives its tasks stays as the configuration says.",
        },
        new("reload_configuration", ReloadMessage.Schema, ReloadedMessage.Schema)
        {
            Broadcast = [PoolUpdatedMessage.Schema, DequeuedMessage.Schema],
            BroadcastSubscribers = [StartedMessage.Schema, ExitedMessage.Schema, ErroredMessage.Schema],
            Notes = "Running tasks go on. With errors nothing changes. One pool_updated for each pool that differs, one dequeued with the reason failed for each waiting task whose action is gone.",
        },
    ];
}
