using Overseer.Protocols.V2;

namespace Overseer.Client;

public sealed partial class OverseerClient
{
    /// <summary>The server's tasks.</summary>
    /// <param name="filter">Which; all when not given.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<IReadOnlyList<Protocols.V2.TaskInfo>> ListAsync(ListMessage? filter = null, CancellationToken cancellationToken = default)
        => (await RequestAsync<TasksMessage>(filter ?? new ListMessage(""), cancellationToken)).Tasks;

    /// <summary>The server's actions, or one of them.</summary>
    /// <param name="action">Its name; all when not given.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="OverseerRequestException">There is no such action.</exception>
    public async Task<IReadOnlyList<ActionInfo>> DescribeAsync(string? action = null, CancellationToken cancellationToken = default)
        => (await RequestAsync<ActionsMessage>(new DescribeMessage("") { Action = action }, cancellationToken)).Actions;

    /// <summary>Starts a task again that was given up, with its parameters and policy. No pool is asked; its past exits are forgotten.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="cancellationToken">Ends the waiting; the start itself may have happened.</param>
    /// <exception cref="OverseerRequestException">There is no such task, it was not given up, or it cannot be executed.</exception>
    /// <exception cref="OverseerConnectionLostException">It is not known whether it was started.</exception>
    public async Task<StartedMessage> ResetAsync(string taskId, CancellationToken cancellationToken = default)
        => await RequestAsync<StartedMessage>(new ResetMessage("") { TaskId = taskId }, cancellationToken);

    /// <summary>How full a pool is, and what waits in its queue.</summary>
    /// <param name="action">The action whose pool; the pool of all tasks together when not given.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="OverseerRequestException">There is no such action.</exception>
    public async Task<PoolInfo> PoolInfoAsync(string? action = null, CancellationToken cancellationToken = default)
        => (await RequestAsync<PoolInfoResponse>(new PoolInfoMessage("") { Action = action }, cancellationToken)).Pool;

    /// <summary>Changes a pool until the server reads its configuration again. Everybody is told by <see cref="PoolUpdated"/>.</summary>
    /// <param name="change">What to change; its id is set by the client, what is unset stays as it is.</param>
    /// <param name="cancellationToken">Ends the waiting; the change itself may have happened.</param>
    /// <returns>The pool after the change.</returns>
    /// <exception cref="OverseerRequestException">There is no such action.</exception>
    public async Task<PoolInfo> SetPoolAsync(SetPoolMessage change, CancellationToken cancellationToken = default)
        => (await RequestAsync<PoolInfoResponse>(change, cancellationToken)).Pool;

    /// <summary>Takes every waiting task out of its queue: none of them is started. Everybody is told by <see cref="Dequeued"/>.</summary>
    /// <param name="action">Only tasks of this action; all when not given.</param>
    /// <param name="cancellationToken">Ends the waiting; the purge itself may have happened.</param>
    /// <returns>How many they were.</returns>
    /// <exception cref="OverseerRequestException">There is no such action.</exception>
    public async Task<int> PurgeAsync(string? action = null, CancellationToken cancellationToken = default)
        => (await RequestAsync<PurgedMessage>(new PurgeMessage("") { Action = action }, cancellationToken)).Count;

    /// <summary>Counters: of the task, else of the action, else of everything together. Exactly one part of the answer is set.</summary>
    /// <param name="action">The action.</param>
    /// <param name="taskId">The task.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="OverseerRequestException">There is no such task or action.</exception>
    public async Task<MetricsResponse> MetricsAsync(string? action = null, string? taskId = null, CancellationToken cancellationToken = default)
        => await RequestAsync<MetricsResponse>(new MetricsMessage("") { Action = action, TaskId = taskId }, cancellationToken);

    /// <summary>The containers that report to the server's hub.</summary>
    /// <param name="all">Also those that have ended.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<IReadOnlyList<SessionInfo>> SessionsAsync(bool all = false, CancellationToken cancellationToken = default)
        => (await RequestAsync<SessionsResponse>(new SessionsMessage("") { All = all }, cancellationToken)).Sessions;

    /// <summary>The description of the protocol that programs can read, with the server's actions.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>JSON in UTF-8.</returns>
    public async Task<ReadOnlyMemory<byte>> ManifestAsync(CancellationToken cancellationToken = default)
        => (await RequestAsync<ManifestResponse>(new ManifestMessage(""), cancellationToken)).Manifest;

    /// <summary>Has the server read its configuration again, and apply it when nothing is wrong with it. Processes go on untouched.</summary>
    /// <param name="cancellationToken">Ends the waiting; the change itself may have happened.</param>
    /// <returns>What came of it: with errors nothing has changed.</returns>
    /// <exception cref="OverseerRequestException">It is not allowed.</exception>
    public async Task<ReloadedMessage> ReloadAsync(CancellationToken cancellationToken = default) => await RequestAsync<ReloadedMessage>(new ReloadMessage(""), cancellationToken);

    /// <summary>Writes to the standard input of a task in one message, and waits until its pipe has taken it: for ever, if the task does not read.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="data">Text in UTF-8; no line end is added. Bytes that are not UTF-8 cannot be sent: each becomes U+FFFD.</param>
    /// <param name="eof">Whether to close the standard input after it.</param>
    /// <param name="cancellationToken">Ends the waiting; the data may have been written.</param>
    /// <exception cref="OverseerRequestException">The task does not run or has no input, or too much waits for it already.</exception>
    /// <exception cref="OverseerConnectionLostException">It is not known whether it was written.</exception>
    public async Task InputAsync(string taskId, ReadOnlyMemory<byte> data, bool eof = false, CancellationToken cancellationToken = default)
        => await SendInputAsync(new InputMessage("") { TaskId = taskId, Data = data, Eof = eof }, cancellationToken);

    /// <summary>
    /// Writes a stream to the standard input of a task, at the pace at which the task reads: in pieces below what the server takes at once, and again where too much waits already.
    /// </summary>
    /// <param name="taskId">The task.</param>
    /// <param name="source">Text in UTF-8, read to its end.</param>
    /// <param name="eof">Whether to close the standard input after it.</param>
    /// <param name="cancellationToken">Ends it; what was read may have been written.</param>
    /// <returns>How many bytes were written.</returns>
    /// <exception cref="OverseerRequestException">The task does not run (any more), or has no input.</exception>
    /// <exception cref="OverseerConnectionLostException">It is not known whether the last piece was written.</exception>
    public Task<long> InputAsync(string taskId, Stream source, bool eof = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new InputSender(SendInputAsync, _options.Clock).SendAsync(taskId, source, eof, cancellationToken);
    }

    private async Task SendInputAsync(InputMessage input, CancellationToken cancellation)
    {
        ServerMessage answer = await RequestAsync(input, null, cancellation, waitsForTask: true);
        if (answer is not AcceptedMessage)
            throw Unexpected(input, answer);
    }
}
