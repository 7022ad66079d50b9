using System.Collections.Concurrent;
using System.Globalization;
using Overseer.Core.Pools;
using Overseer.Core.Tasks;
using Overseer.Supervision;

namespace Overseer.Registry;

/// <summary>Asks the engine and waits for its answer, which comes when what it says is stored. Thread-safe.</summary>
internal sealed class EngineCaller : IRequester
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<EngineReply>> _waiting = new(StringComparer.Ordinal);
    private readonly Action<EngineCommand> _post;
    private readonly long _number;
    private long _last;

    /// <summary>Makes it known to those who answer.</summary>
    public EngineCaller(RequesterDirectory requesters, Action<EngineCommand> post)
    {
        _post = post;
        _number = requesters.NextNumber();
        requesters.Add(_number, this);
    }

    /// <summary>Asks.</summary>
    /// <param name="command">Makes the command.</param>
    /// <param name="cancellation">Ends the wait, not what was asked for.</param>
    public async Task<EngineReply> AskAsync(Func<RequestOrigin, EngineCommand> command, CancellationToken cancellation)
    {
        var id = Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture);
        var answer = new TaskCompletionSource<EngineReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        try
        {
            _post(command(new RequestOrigin(_number, id)));
            return await answer.Task.WaitAsync(cancellation);
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    /// <inheritdoc/>
    public void Answer(string requestId, EngineReply reply, bool late)
    {
        if (_waiting.TryGetValue(requestId, out var waiting))
        {
            waiting.TrySetResult(reply);
        }
    }

    /// <inheritdoc/>
    public void AttachStarter(string requestId, string taskId)
    {
    }

    /// <inheritdoc/>
    public void TaskStarting(Core.Tasks.TaskStatus task)
    {
    }

    /// <inheritdoc/>
    public void TaskForgotten(string taskId)
    {
    }

    /// <inheritdoc/>
    public bool IsLimited => false;

    /// <inheritdoc/>
    public void TaskChanged(Core.Tasks.TaskStatus task)
    {
    }

    /// <inheritdoc/>
    public void Broadcast(TaskEvent happened, Core.Tasks.TaskStatus? task)
    {
    }

    /// <inheritdoc/>
    public void Tell(TaskEvent happened)
    {
    }

    /// <inheritdoc/>
    public void PoolChanged(PoolStatus status)
    {
    }
}
