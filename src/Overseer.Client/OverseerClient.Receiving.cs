using Overseer.Protocols.V2;

namespace Overseer.Client;

public sealed partial class OverseerClient
{
    private async Task RunAsync(Connection connection)
    {
        Exception end;
        while (true)
        {
            string reason;
            try
            {
                reason = await ReceiveAllAsync(connection);
            }
            catch (Exception thrown) when (thrown is not OutOfMemoryException)
            {
                end = thrown; // by the handler of an event
                connection.Dispose();
                _connection = new TaskCompletionSource<Connection>(TaskCreationOptions.RunContinuationsAsynchronously);
                break;
            }
            connection.Dispose();
            if (_closing.IsCancellationRequested)
            {
                end = new OverseerConnectionLostException("the client was closed");
                break;
            }
            _connection = new TaskCompletionSource<Connection>(TaskCreationOptions.RunContinuationsAsynchronously);
            foreach (QueuedStart start in _queuedStarts.Values)
                start.ConnectionLost();
            _pending.FailAll(new OverseerConnectionLostException($"{reason}; it is not known whether the request was carried out"));
            try
            {
                connection = await _reconnect.RunAsync(reason, _closing.Token);
            }
            catch (OperationCanceledException)
            {
                end = new OverseerConnectionLostException("the client was closed");
                break;
            }
            catch (OverseerUnreachableException failure)
            {
                end = failure;
                break;
            }
            _connection.SetResult(connection);
            await TakeUpAgainAsync(connection);
        }
        _connection.TrySetException(end);
        _ = _connection.Task.Exception; // nobody may be waiting
        _pending.FailAll(end);
        foreach (QueuedStart start in _queuedStarts.Values)
            start.Fail(end);
        Exception? why = _closing.IsCancellationRequested ? null : end;
        foreach (TaskWatch watch in _watches.Values)
            watch.Complete(why);
        foreach (LifecycleWatch watch in _lifecycles.Keys)
            watch.Buffer.Complete(why);
    }

    private async Task<string> ReceiveAllAsync(Connection connection)
    {
        try
        {
            while (true)
            {
                (ReadOnlyMemory<byte>? bytes, string? reason) = await connection.ReceiveAsync(_closing.Token);
                if (bytes is null)
                    return reason!;
                ServerMessageResult result = ServerMessageReader.Read(bytes.Value);
                if (result.Error is { } error)
                    return $"the server sent something that is no message ({error})";
                if (result.Message is { } message && !_pending.TryComplete(message))
                    await DeliverAsync(message);
            }
        }
        catch (OperationCanceledException)
        {
            return "the client was closed";
        }
    }

    private async ValueTask DeliverAsync(ServerMessage message)
    {
        if (message is LifecycleMessage or PoolUpdatedMessage)
        {
            foreach (LifecycleWatch one in _lifecycles.Keys)
            {
                one.Deliver(message);
                await WaitForReaderAsync(one.Buffer);
            }
        }
        if (message is PoolUpdatedMessage updated)
            PoolUpdated?.Invoke(this, new MessageEventArgs<PoolUpdatedMessage>(updated));
        if (message is DequeuedMessage dequeued)
            Dequeued?.Invoke(this, new MessageEventArgs<DequeuedMessage>(dequeued));
        string? taskId = TaskOf(message);
        if (!_queuedStarts.IsEmpty && !TellQueuedStarts(message, taskId))
            return;
        if (taskId is not null && _watches.TryGetValue(taskId, out TaskWatch? watch))
        {
            watch.Deliver(message);
            await WaitForReaderAsync(watch.Buffer, watch.EndsWithReplay);
        }
    }

    /// <summary>What becomes of starts that wait in a queue. False when the watch of the task is not to be told.</summary>
    private bool TellQueuedStarts(ServerMessage message, string? taskId)
    {
        bool passOn = true;
        foreach ((string id, QueuedStart start) in _queuedStarts)
        {
            if (message is ErrorMessage error && error.Id == id)
            {
                var refusal = new OverseerRequestException(error.Message, error.ExistingTaskId);
                start.Fail(refusal);
                if (_watches.TryGetValue(start.TaskId, out TaskWatch? watch))
                    watch.Complete(refusal);
            }
            else if (start.TaskId == taskId)
            {
                passOn &= start.Take(message);
            }
            if (start.Started.IsCompleted)
                _queuedStarts.TryRemove(id, out _);
        }
        return passOn;
    }

    private static string? TaskOf(ServerMessage message) => message switch
    {
        OutputMessage one => one.TaskId,
        ExitedMessage one => one.TaskId,
        StartedMessage one => one.TaskId,
        RestartingMessage one => one.TaskId,
        ErroredMessage one => one.TaskId,
        DequeuedMessage one => one.TaskId,
        GapMessage one => one.TaskId,
        QueuedMessage one => one.TaskId,
        _ => null,
    };

    private async ValueTask WaitForReaderAsync(EventBuffer buffer, bool isReplay = false)
    {
        while (buffer.Count >= _options.BufferedEvents && !_closing.IsCancellationRequested && !buffer.IsCompleted)
        {
            var stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _stalled, stalled);
            bool answerAwaited = !_pending.IsEmpty && !isReplay && buffer.Count < (long)_options.BufferedEvents * AwaitedAnswerFactor;
            if (answerAwaited || buffer.Count < _options.BufferedEvents || _closing.IsCancellationRequested)
                return;
            await stalled.Task;
        }
    }

    private void Resume() => Interlocked.Exchange(ref _stalled, null)?.TrySetResult();

    /// <summary>Subscribes anew what was being watched. The answers come through the loop, so they are not awaited here.</summary>
    private async Task TakeUpAgainAsync(Connection connection)
    {
        try
        {
            foreach (TaskWatch watch in _watches.Values)
            {
                if (watch.EndsWithReplay)
                    continue; // it failed with its request
                var subscribe = new SubscribeMessage(_pending.NextId()) { TaskId = watch.TaskId, FromSeq = watch.SubscribeFrom };
                OnFailure(_pending.Expect(subscribe.Id, watch.Begin), watch.Complete);
                await connection.SendAsync(subscribe);
            }
            foreach (QueuedStart start in _queuedStarts.Values.Where(start => !_watches.ContainsKey(start.TaskId)))
                await connection.SendAsync(new SubscribeMessage(_pending.NextId()) { TaskId = start.TaskId });
            if (_lifecycles.Keys.Min(watch => watch.Last) is { } last)
            {
                var follow = new SubscribeMessage(_pending.NextId()) { Lifecycle = true, After = last };
                OnFailure(_pending.Expect(follow.Id, BeginAll), refusal => CompleteAll(refusal));
                await connection.SendAsync(follow);
            }
            if (_watches.IsEmpty && _queuedStarts.IsEmpty)
                return;
            var list = new ListMessage(_pending.NextId());
            OnFailure(_pending.Expect(list.Id, answer => FailLost(((TasksMessage)answer).Tasks)), static _ => { });
            await connection.SendAsync(list);
        }
        catch (OverseerConnectionLostException)
        {
            // the loop will see it as well, and start over
        }
    }

    private void BeginAll(ServerMessage answer)
    {
        foreach (LifecycleWatch watch in _lifecycles.Keys)
            Begin(watch, answer);
    }

    private void CompleteAll(Exception failure)
    {
        foreach (LifecycleWatch watch in _lifecycles.Keys)
            watch.Buffer.Complete(failure);
    }

    private void FailLost(IReadOnlyList<Protocols.V2.TaskInfo> known)
    {
        foreach ((string id, QueuedStart start) in _queuedStarts)
        {
            start.Settle(known.FirstOrDefault(task => task.TaskId == start.TaskId));
            if (start.Started.IsCompleted)
                _queuedStarts.TryRemove(id, out _);
        }
        var ids = known.Select(task => task.TaskId).ToHashSet(StringComparer.Ordinal);
        foreach (TaskWatch watch in _watches.Values)
        {
            if (watch.TaskSeen && !watch.EndsWithReplay && !ids.Contains(watch.TaskId))
                watch.Complete(new OverseerTaskLostException(watch.TaskId));
        }
    }

    private static void OnFailure(Task<ServerMessage> answer, Action<Exception> handle)
    {
        _ = answer.ContinueWith(
            done =>
            {
                // A lost connection is mended by the loop; only what the server says counts.
                if (done.Exception?.InnerException is OverseerRequestException refusal)
                    handle(refusal);
            },
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default);
    }
}
