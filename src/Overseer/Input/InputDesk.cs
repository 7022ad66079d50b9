using Overseer.Core.Tasks;
using Overseer.Protocols.V2;
using Overseer.Supervision;

namespace Overseer.Input;

/// <summary>
/// Takes what clients write to the standard input of tasks. The inputs of one task are written in the order in which they come, each whole before the next; each is
/// answered when all of it is in the pipe, or with the reason why not. Thread-safe; never waits.
/// </summary>
internal sealed class InputDesk : IDisposable
{
    private readonly TaskEngine _engine;
    private readonly RecorderKeeper _recorder;
    private readonly InputWriter _writer;
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, InputQueue> _queues = [];

    /// <summary>Opens it.</summary>
    /// <param name="engine">Knows which run a task has.</param>
    /// <param name="recorder">Has the pipes.</param>
    /// <param name="maxBytes">Bytes of input that may wait for one task.</param>
    public InputDesk(TaskEngine engine, RecorderKeeper recorder, int maxBytes)
    {
        _engine = engine;
        _recorder = recorder;
        MaxBytes = maxBytes;
        _writer = new InputWriter(recorder);
        recorder.InputEnded = Ended;
        recorder.InputsKnown = LookAgain;
    }

    /// <summary>Bytes of input that may wait for one task; a change holds for runs that have got none yet.</summary>
    public int MaxBytes { get => Volatile.Read(ref field); set => Volatile.Write(ref field, value); }

    /// <summary>Takes an input.</summary>
    /// <param name="request">The request.</param>
    /// <param name="answer">Takes the answer, <c>accepted</c> or <c>error</c>; called once, on any thread. Must not wait.</param>
    public void Handle(InputMessage request, Action<ServerMessage> answer)
    {
        if (Add(request, answer) is { } refusal)
        {
            answer(new ErrorMessage { Id = request.Id, Message = refusal });
        }
    }

    /// <summary>What waits is not written any more.</summary>
    public void Dispose()
    {
        _writer.Dispose();
        lock (_gate)
        {
            foreach (var queue in _queues.Values)
            {
                queue.Release();
            }
        }
    }

    private string? Add(InputMessage request, Action<ServerMessage> answer)
    {
        if (request.Data.IsEmpty && !request.Eof)
        {
            return InputRefusals.Nothing;
        }

        if (_engine.Find(request.TaskId) is not { } task)
        {
            return InputRefusals.NotFound;
        }

        if (task is not { Phase: TaskPhase.Running or TaskPhase.Stopping or TaskPhase.Killing, CurrentRun: { } run } || QueueOf(run.Value) is not { } queue)
        {
            return InputRefusals.NotRunning;
        }

        var refusal = queue.TryAdd(request, answer);
        if (refusal is null)
        {
            _writer.Schedule(queue);
        }

        return refusal;
    }

    /// <summary>Null: the run is over, though the engine has not heard of it yet.</summary>
    private InputQueue? QueueOf(Guid run)
    {
        InputQueue? queue;
        lock (_gate)
        {
            if (_queues.TryGetValue(run, out queue))
            {
                return queue;
            }

            queue = new InputQueue(run, MaxBytes, _writer.Serve);
            _queues.Add(run, queue);
        }

        // Looked at when it is in the table, so that an end is either seen here or told.
        if (_recorder.FindInput(run) is null && !_recorder.IsRecovering)
        {
            Ended(run);
            return null;
        }

        return queue;
    }

    private void Ended(Guid run)
    {
        InputQueue? queue;
        lock (_gate)
        {
            _queues.Remove(run, out queue);
        }

        if (queue is not null)
        {
            queue.End();
            _writer.Schedule(queue);
        }
    }

    private void LookAgain()
    {
        lock (_gate)
        {
            foreach (var queue in _queues.Values)
            {
                _writer.Schedule(queue);
            }
        }
    }
}
