using System.Runtime.CompilerServices;
using Overseer.Protocols.V2;

namespace Overseer.Client;

/// <summary>
/// The events of one task in order: <c>output</c>, <c>started</c>, <c>exited</c>, <c>restarting</c>, <c>errored</c>, <c>dequeued</c>, <c>gap</c>. Across lost connections it goes on where it
/// was: no output is left out or comes twice; what the server no longer has is announced by a gap.
/// </summary>
/// <remarks>
/// One reader. It ends when the task has ended (<see cref="Ending"/>), which an exit that is followed by a restart is not; by <see cref="DisposeAsync"/>, with the client, or by an
/// exception. What the task's descendants write after its end is not waited for.
/// </remarks>
public sealed class TaskWatch : IAsyncEnumerable<ServerMessage>, IAsyncDisposable
{
    private readonly OverseerClient _client;
    private readonly EventBuffer _buffer;
    private readonly TaskProgress _progress;
    private (int Pid, DateTimeOffset Ts)? _lastExit;
    private long _historyEnd;
    private int _read;

    internal TaskWatch(OverseerClient client, string taskId, long? fromSeq, bool endsWithReplay, Action onDrained)
    {
        _client = client;
        _buffer = new EventBuffer(onDrained);
        _progress = new TaskProgress(taskId);
        TaskId = taskId;
        NextSeq = fromSeq;
        EndsWithReplay = endsWithReplay;
    }

    /// <summary>The task.</summary>
    public string TaskId { get; }

    /// <summary>The number that the next output will have, where it is known.</summary>
    public long? NextSeq { get; private set; }

    /// <summary>How the task ended; unset until what was read tells of its end.</summary>
    public TaskEnding? Ending => _progress.Ending;

    /// <summary>Whether this is the answer to a replay, which is not taken up again after a lost connection.</summary>
    internal bool EndsWithReplay { get; }

    /// <summary>Whether the server is known to know the task; a watch may be opened before its task exists.</summary>
    internal bool TaskSeen { get; set; }

    internal EventBuffer Buffer => _buffer;

    // What was written before the subscription, and is on its way.
    private bool AwaitsHistory => NextSeq < Volatile.Read(ref _historyEnd);

    /// <summary>
    /// Where to subscribe from: one line earlier than needed, so that an exit between the two lines is not passed over. What is known is left out again.
    /// </summary>
    internal long? SubscribeFrom => NextSeq is { } next ? Math.Max(1, next - 1) : null;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It has a reader already.</exception>
    /// <exception cref="OverseerUnreachableException">The connection was lost and could not be made again in time.</exception>
    /// <exception cref="OverseerTaskLostException">The server forgot the task.</exception>
    public async IAsyncEnumerator<ServerMessage> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await foreach (IReadOnlyList<ServerMessage> events in ReadBatchesAsync(cancellationToken: cancellationToken))
        {
            foreach (ServerMessage one in events)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return one;
            }
        }
    }

    /// <summary>The same by portions: all that has come by the time of reading, so that a printer knows when to flush. Each is valid until the next.</summary>
    /// <param name="untilEnded">Whether to end with the task; a watch that goes on sees the task when it is started again.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <inheritdoc cref="GetAsyncEnumerator"/>
    public async IAsyncEnumerable<IReadOnlyList<ServerMessage>> ReadBatchesAsync(
        bool untilEnded = true, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _read, 1) != 0)
            throw new InvalidOperationException("a watch has one reader");
        bool ended = false;
        while (await _buffer.TakeAsync(cancellationToken) is { } events)
        {
            foreach (ServerMessage one in events)
                _progress.Take(one);
            yield return events;
            if (EndsWithReplay || !untilEnded)
                continue;
            if (_progress.Doubt is { } doubt && await _client.AskForTaskAsync(TaskId, _progress.LastExit, cancellationToken) is (true, var task))
                _progress.Settle(doubt, task);
            // A word that it will not go on overtakes its history.
            if (_progress.Ending is { Dequeued: not null } && AwaitsHistory)
                continue;
            if (_progress.Ending is not null && (ended || _buffer.Count == 0))
                yield break;
            ended = _progress.Ending is not null; // what had come by then still counts: it may have been started again
        }
    }

    /// <summary>Ends the watch and the subscription.</summary>
    public async ValueTask DisposeAsync() => await _client.EndWatchAsync(this);

    /// <summary>Takes the answer to the request that it came from: to a start, before anybody reads, or to a subscription, whose history is what is numbered below its next output.</summary>
    internal void Begin(ServerMessage answer)
    {
        if (answer is QueuedMessage)
            _progress.Take(answer);
        else if (answer is SubscribedMessage { NextSeq: { } next })
            Volatile.Write(ref _historyEnd, next);
    }

    /// <summary>Takes an event from the receiving loop, unless it has been seen before.</summary>
    internal void Deliver(ServerMessage message)
    {
        TaskSeen = true;
        ServerMessage? fresh = message switch
        {
            OutputMessage output => Fresh(output),
            GapMessage gap => Fresh(gap),
            ExitedMessage exited => Fresh(exited),
            _ => message,
        };
        if (fresh is not null)
            _buffer.Add(fresh);
    }

    internal void Complete(Exception? failure = null) => _buffer.Complete(failure);

    private OutputMessage? Fresh(OutputMessage output)
    {
        if (output.Seq < NextSeq)
            return null;
        NextSeq = output.Seq + 1;
        return output;
    }

    private GapMessage? Fresh(GapMessage gap)
    {
        if (gap.ToSeq < NextSeq)
            return null;
        GapMessage fresh = gap.FromSeq < NextSeq ? gap with { FromSeq = NextSeq.Value } : gap;
        NextSeq = gap.ToSeq + 1;
        return fresh;
    }

    private ExitedMessage? Fresh(ExitedMessage exited)
    {
        // Exits have no number. In history they come again as they were, in order, so a known one is not later than the last.
        if (_lastExit is { } last && (exited.Ts < last.Ts || (exited.Ts == last.Ts && exited.Pid == last.Pid)))
            return null;
        _lastExit = (exited.Pid, exited.Ts);
        return exited;
    }
}
