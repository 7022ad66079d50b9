using System.Collections.Concurrent;
using System.Globalization;
using Overseer.Protocols.V2;

namespace Overseer.Client;

/// <summary>Requests whose answer has not come, by id. Thread-safe.</summary>
internal sealed class PendingRequests
{
    private readonly ConcurrentDictionary<string, Request> _requests = new(StringComparer.Ordinal);
    private long _lastId;

    internal bool IsEmpty => _requests.IsEmpty;

    internal string NextId() => Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);

    /// <summary>Expects an answer. <paramref name="onAnswer"/> runs on the receiving loop, before the next message is looked at.</summary>
    internal Task<ServerMessage> Expect(string id, Action<ServerMessage>? onAnswer)
    {
        var request = new Request(onAnswer);
        _requests[id] = request;
        return request.Completion.Task;
    }

    internal void Forget(string id) => _requests.TryRemove(id, out _);

    /// <summary>Takes the message as an answer if one of its id is awaited.</summary>
    internal bool TryComplete(ServerMessage message)
    {
        if (IdOf(message) is not { Length: > 0 } id || !_requests.TryRemove(id, out Request? request))
            return false;
        if (message is ErrorMessage error)
        {
            request.Completion.TrySetException(new OverseerRequestException(error.Message, error.ExistingTaskId));
            return true;
        }
        request.OnAnswer?.Invoke(message);
        request.Completion.TrySetResult(message);
        return true;
    }

    internal void FailAll(Exception reason)
    {
        foreach (string id in _requests.Keys)
        {
            if (_requests.TryRemove(id, out Request? request))
                request.Completion.TrySetException(reason);
        }
    }

    /// <summary>The id of the request that a message answers; null for events.</summary>
    internal static string? IdOf(ServerMessage message) => message switch
    {
        StartedMessage one => one.Id,
        QueuedMessage one => one.Id,
        TasksMessage one => one.Id,
        ActionsMessage one => one.Id,
        SubscribedMessage one => one.Id,
        UnsubscribedMessage one => one.Id,
        ReplayedMessage one => one.Id,
        PoolInfoResponse one => one.Id,
        PurgedMessage one => one.Id,
        MetricsResponse one => one.Id,
        ProcessesResponse one => one.Id,
        SessionsResponse one => one.Id,
        ManifestResponse one => one.Id,
        AcceptedMessage one => one.Id,
        AdoptedMessage one => one.Id,
        ForgottenMessage one => one.Id,
        RenamedMessage one => one.Id,
        ReloadedMessage one => one.Id,
        ErrorMessage one => one.Id,
        _ => null,
    };

    private sealed class Request(Action<ServerMessage>? onAnswer)
    {
        internal Action<ServerMessage>? OnAnswer { get; } = onAnswer;

        internal TaskCompletionSource<ServerMessage> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
