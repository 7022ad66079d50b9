using Overseer.Configuration;
using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.Protocols.V2;

namespace Overseer.Server.Trust;

/// <summary>Whether one connection may make a request. The only place where requests are weighed; what is not in its table needs the most.</summary>
internal sealed class RequestGate(Caller caller, TaskView view, ServerContext context)
{
    private const string TaskNotFound = "task not found";
    private readonly TaskEngine _engine = context.Supervisor.Engine;

    /// <summary>Why a request is refused, as the text of its <c>error</c>; null when it may be made.</summary>
    public string? Refusal(ClientMessage message)
    {
        var needed = Needed(message, context.Commands.Mode);
        if (caller.Grant.Scope < needed)
        {
            return $"not allowed: {Name(message)} needs the scope {ScopeWord.Of(needed)}, and this connection has {ScopeWord.Of(caller.Grant.Scope)}";
        }

        return view.IsLimited ? LimitRefusal(message) : null;
    }

    /// <summary>Whether a request changes something, so that the audit log has it.</summary>
    public static bool IsAudited(ClientMessage message) => Needed(message, CommandsMode.None) > Scope.Read;

    /// <summary>The table.</summary>
    private static Scope Needed(ClientMessage message, CommandsMode commands) => message switch
    {
        ListMessage or ReplayMessage or SubscribeMessage or UnsubscribeMessage or DescribeMessage or PoolInfoMessage or MetricsMessage or ProcessesMessage or SessionsMessage or ManifestMessage => Scope.Read,

        // One command that the configuration names is as good as an action. Any command is as good as a shell of the server's user.
        StartMessage { Action: null } => commands is CommandsMode.Any or CommandsMode.Owner ? Scope.Admin : Scope.Operate,
        StartMessage or StopMessage or ResetMessage or InputMessage or SignalMessage or ForgetMessage => Scope.Operate,
        _ => Scope.Admin,
    };

    /// <summary>What is beyond the token's reach is not there, in the words of the request; what concerns everybody is refused.</summary>
    private string? LimitRefusal(ClientMessage message) => message switch
    {
        StartMessage { Action: null } => view.SeesAction(ActionCatalog.CommandName) ? null : Limited("a command without an action"),
        StartMessage { Action: { } action } => Hidden(action),
        StopMessage { TaskId: { } taskId } => HiddenTask(taskId),
        StopMessage { Pid: { } pid } => HiddenTask(_engine.FindByPid(pid)),
        ResetMessage reset => HiddenTask(reset.TaskId),
        InputMessage input => HiddenTask(input.TaskId),
        SignalMessage signal => HiddenTask(signal.TaskId),
        ForgetMessage forget => HiddenTask(forget.TaskId),
        ReplayMessage { TaskId: { } taskId } => HiddenTask(taskId),
        ReplayMessage { Pid: { } pid } => HiddenTask(_engine.FindByPid(pid)),
        MetricsMessage { TaskId: { } taskId } => HiddenTask(taskId),
        MetricsMessage { Action: { } action } => Hidden(action),
        ProcessesMessage { TaskId: { } taskId } => HiddenTask(taskId),
        SessionsMessage { TaskId: { } taskId } => HiddenTask(taskId),
        DescribeMessage { Action: { } action } => Hidden(action),
        PoolInfoMessage { Action: { } action } => Hidden(action),
        PurgeMessage { Action: { } action } => Hidden(action),
        SetPoolMessage { Action: { } action } => Hidden(action),
        SetPoolMessage => Limited("the pool of all tasks together"),
        _ when Needed(message, CommandsMode.None) == Scope.Admin && message is not PurgeMessage => Limited(Name(message)),
        _ => null,
    };

    private static string Name(ClientMessage message) => message is StartMessage { Action: null } ? "a command without an action" : message.Definition.Name;

    private string Limited(string what) => $"not allowed: {what} concerns everybody, and this connection is limited ({caller.Grant})";

    private string? Hidden(string action) => view.SeesAction(action) ? null : context.Actions.Refusal(action);

    // One that does not exist has its own answer, word for word this one.
    private string? HiddenTask(string taskId) => taskId.Length == 0 || view.Sees(taskId) ? null : TaskNotFound;

    private string? HiddenTask(TaskStatus? task) => view.Hears(task) ? null : TaskNotFound;
}
