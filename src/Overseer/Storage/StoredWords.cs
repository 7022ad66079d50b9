using Overseer.Core.Tasks;

namespace Overseer.Storage;

/// <summary>Enumerations as columns: words, so that a number may change its meaning in the code and whoever looks with sqlite3 can read them.</summary>
internal static class StoredWords
{
    public static string Of(TaskState state) => state switch
    {
        TaskState.Active => "active",
        TaskState.Stopped => "stopped",
        TaskState.Errored => "errored",
        TaskState.Queued => "queued",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "has no word"),
    };

    public static TaskState? State(string word) => word switch
    {
        "active" => TaskState.Active,
        "stopped" => TaskState.Stopped,
        "errored" => TaskState.Errored,
        "queued" => TaskState.Queued,
        _ => null,
    };

    public static string Of(TaskPhase phase) => phase switch
    {
        TaskPhase.Starting => "starting",
        TaskPhase.Running => "running",
        TaskPhase.Stopping => "stopping",
        TaskPhase.Killing => "killing",
        TaskPhase.Ended => "ended",
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "has no word"),
    };

    public static TaskPhase? Phase(string word) => word switch
    {
        "starting" => TaskPhase.Starting,
        "running" => TaskPhase.Running,
        "stopping" => TaskPhase.Stopping,
        "killing" => TaskPhase.Killing,
        "ended" => TaskPhase.Ended,
        _ => null,
    };

    public static string Of(RestartCondition condition) => condition == RestartCondition.Failure ? "failure" : "any";

    public static RestartCondition? Condition(string word) => word switch
    {
        "any" => RestartCondition.Any,
        "failure" => RestartCondition.Failure,
        _ => null,
    };
}
