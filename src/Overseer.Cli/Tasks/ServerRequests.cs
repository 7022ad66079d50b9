using Overseer.Client;
using Overseer.Protocols.Schema;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Tasks;

/// <summary>Requests of a command that asks and ends: in the quickest way to a server on this machine, by the client to every other one.</summary>
internal sealed class ServerRequests : IDisposable
{
    private readonly RequestSocket? _socket;
    private readonly OverseerClient? _client;

    private ServerRequests(RequestSocket? socket, OverseerClient? client)
    {
        _socket = socket;
        _client = client;
    }

    /// <summary>Connects.</summary>
    /// <exception cref="OverseerUnreachableException">There is no server, or it refuses.</exception>
    internal static ServerRequests Open(OverseerEndpoint endpoint, OverseerClientOptions options)
        => RequestSocket.TryOpen(endpoint, options) is { } socket
            ? new ServerRequests(socket, null)
            : new ServerRequests(null, OverseerClient.ConnectAsync(endpoint, options).GetAwaiter().GetResult());

    internal IReadOnlyList<TaskInfo> List(ListMessage? filter = null) => ((TasksMessage)Ask(filter ?? new ListMessage(""), TasksMessage.Schema)).Tasks;

    internal IReadOnlyList<ActionInfo> Describe(string? action = null) => ((ActionsMessage)Ask(new DescribeMessage("") { Action = action }, ActionsMessage.Schema)).Actions;

    internal PoolInfo Pool(string? action) => ((PoolInfoResponse)Ask(new PoolInfoMessage("") { Action = action }, PoolInfoResponse.Schema)).Pool;

    internal PoolInfo SetPool(SetPoolMessage change) => ((PoolInfoResponse)Ask(change, PoolInfoResponse.Schema)).Pool;

    internal int Purge(string? action) => ((PurgedMessage)Ask(new PurgeMessage("") { Action = action }, PurgedMessage.Schema)).Count;

    internal MetricsResponse Metrics(string? action, string? taskId) => (MetricsResponse)Ask(new MetricsMessage("") { Action = action, TaskId = taskId }, MetricsResponse.Schema);

    internal IReadOnlyList<ProcessInfo> Processes(ProcessesMessage request) => ((ProcessesResponse)Ask(request, ProcessesResponse.Schema)).Processes;

    internal IReadOnlyList<SessionInfo> Sessions(bool all) => ((SessionsResponse)Ask(new SessionsMessage("") { All = all }, SessionsResponse.Schema)).Sessions;

    internal void Signal(string taskId, string signal, bool tree) => Ask(new SignalMessage("") { TaskId = taskId, Signal = signal, Tree = tree }, AcceptedMessage.Schema);

    internal TaskInfo Adopt(AdoptMessage adopt) => ((AdoptedMessage)Ask(adopt, AdoptedMessage.Schema)).Task;

    internal ReloadedMessage Reload() => (ReloadedMessage)Ask(new ReloadMessage(""), ReloadedMessage.Schema);

    internal void Reset(string taskId) => Ask(new ResetMessage("") { TaskId = taskId }, StartedMessage.Schema);

    /// <summary>Starts a task: <c>started</c> or <c>queued</c>.</summary>
    internal ServerMessage Start(StartMessage start) => Ask(start, StartedMessage.Schema, QueuedMessage.Schema);

    public void Dispose()
    {
        _socket?.Dispose();
        _client?.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    // Only the definitions of what may come are made: those of all messages take longer than the question.
    private ServerMessage Ask(ClientMessage message, params MessageDefinition<ServerMessage>[] answers)
        => _socket is not null ? _socket.Ask(message, answers) : _client!.AskAsync(message).GetAwaiter().GetResult();
}
