// The one writer of a connection. Each turn it takes what is ready (slices of shared frames from its cursors, one slice of a replay), then
// the answers, and writes answers first. Taking before draining the outbox is what keeps the order: whatever made a slice
// available (a confirmed start, a new subscription) had its answer in the outbox before.

using System.Buffers;
using Overseer.Protocols.Classic;
using Overseer.Protocols.V2;
using Overseer.Streams;

namespace Overseer.Server;

internal sealed class ConnectionPump(
    Stream connection,
    int maxOutboxBytes,
    ProtocolProfile profile,
    Action<StreamCursor, Exception> cursorFailed,
    Action<List<FrameSlice>, StreamCursor, FrameSlice>? shape = null) : IStreamListener
{
    private const int TurnBytes = 256 * 1024;
    private const int StageBytes = 64 * 1024;
    private const int SmallSlice = 16 * 1024;
    private const int MostReplays = 8;

    private readonly Lock _gate = new();
    private readonly Queue<StreamCursor> _ready = new();
    private readonly Queue<PendingReplay> _replays = new();
    private readonly Queue<Action> _errands = new();
    private readonly AsyncSignal _signal = new();
    private readonly PoolTurn _turn = new();
    private readonly List<FrameSlice> _slices = [];
    private PendingReplay? _replay;
    private TaskCompletionSource? _fewReplays;
    private byte[]? _stage;
    private int _staged;
    private volatile bool _stopping;
    private volatile bool _drain;

    /// <summary>Answers that wait.</summary>
    public Outbox Outbox { get; } = new(maxOutboxBytes, profile);

    /// <summary>Sends a message after those sent before; false when too much waits already.</summary>
    public bool Send(ServerMessage message)
    {
        var added = Outbox.TryAdd(message);
        _signal.Set();
        return added;
    }

    /// <summary>Sends a message that is written already; false when too much waits.</summary>
    public bool Send(ReadOnlySpan<byte> json)
    {
        var added = Outbox.TryAdd(json);
        _signal.Set();
        return added;
    }

    /// <inheritdoc/>
    public void Ready(StreamCursor cursor)
    {
        lock (_gate)
        {
            _ready.Enqueue(cursor);
        }

        _signal.Set();
    }

    /// <summary>
    /// Runs <paramref name="errand"/> between two turns: everything taken before is on the wire, and what the errand sends comes before
    /// everything taken later.
    /// </summary>
    public void BetweenTurns(Action errand)
    {
        lock (_gate)
        {
            _errands.Enqueue(errand);
        }

        _signal.Set();
    }

    /// <summary>Sends a replay, and then what <paramref name="done"/> makes of the number of its events.</summary>
    public void Replay(ReplayJob job, string requestId, Func<long, ServerMessage> done)
    {
        lock (_gate)
        {
            _replays.Enqueue(new PendingReplay(job, requestId, done));
        }

        _signal.Set();
    }

    /// <summary>
    /// Completes when not too many replays wait: each holds an open journal, so a client that asks for many is asked no further until some
    /// are sent.
    /// </summary>
    public Task WhenFewReplaysAsync()
    {
        lock (_gate)
        {
            if (_stopping || _replays.Count < MostReplays)
            {
                return Task.CompletedTask;
            }

            _fewReplays ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _fewReplays.Task;
        }
    }

    /// <summary>Ends <see cref="RunAsync"/>: after the write under way, or, to drain, when nothing is left to send.</summary>
    public void Stop(bool drain)
    {
        _drain = drain;
        Close();
        _signal.Set();
    }

    /// <summary>Writes until stopped.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task RunAsync()
    {
        try
        {
            while (!_stopping || _drain)
            {
                Gather();
                var answers = Outbox.TakeAll();
                if (answers.IsEmpty && _slices.Count == 0)
                {
                    if (_stopping)
                    {
                        return;
                    }

                    ReturnStage();
                    await _signal.WaitAsync();
                    continue;
                }

                if (!answers.IsEmpty)
                {
                    await connection.WriteAsync(answers);
                }

                // Who has much to send lets the others go first: so those who watch the same task stay close together, and share its frames.
                if (await WriteSlicesAsync() >= StageBytes)
                {
                    await _turn.WaitAsync();
                }
            }
        }
        finally
        {
            // Also when the connection broke: whoever waits for room must go on and find it broken.
            Close();
            foreach (var slice in _slices)
            {
                slice.Release();
            }

            _slices.Clear();
            ReturnStage();
            DropReplays();
        }
    }

    private void Close()
    {
        _stopping = true;
        Outbox.Close();
        lock (_gate)
        {
            _fewReplays?.TrySetResult();
        }
    }

    private void Gather()
    {
        RunErrands();
        var bytes = 0;
        int turns;
        lock (_gate)
        {
            turns = _ready.Count;
        }

        while (bytes < TurnBytes && turns-- > 0)
        {
            StreamCursor cursor;
            lock (_gate)
            {
                cursor = _ready.Dequeue();
            }

            bytes += Take(cursor);
        }

        TakeReplay();
    }

    private void RunErrands()
    {
        while (true)
        {
            Action? errand;
            lock (_gate)
            {
                if (!_errands.TryDequeue(out errand))
                {
                    return;
                }
            }

            errand();
        }
    }

    private int Take(StreamCursor cursor)
    {
        try
        {
            if (cursor.Stream.TryTake(cursor, out var slice))
            {
                if (shape is null)
                {
                    _slices.Add(slice, profile);
                }
                else
                {
                    shape(_slices, cursor, slice);
                }

                lock (_gate)
                {
                    _ready.Enqueue(cursor);
                }

                return slice.Count;
            }

            if (cursor.Closed)
            {
                TaskStream.Retire(cursor);
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            cursorFailed(cursor, e);
            TaskStream.Retire(cursor);
        }

        return 0;
    }

    private void TakeReplay()
    {
        if (_replay is null)
        {
            lock (_gate)
            {
                if (!_replays.TryDequeue(out _replay))
                {
                    return;
                }

                _fewReplays?.TrySetResult();
                _fewReplays = null;
            }
        }

        try
        {
            if (_replay.Job.TryTake(out var slice))
            {
                if (slice.Count > 0)
                {
                    _slices.Add(slice, profile);
                    return;
                }

                // Much was read that is not shown: others have their turns, and it goes on.
                slice.Release();
                ThreadPool.UnsafeQueueUserWorkItem(static pump => pump._signal.Set(), this, preferLocal: false);
                return;
            }

            Outbox.TryAdd(_replay.Done(_replay.Job.Events));
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Outbox.TryAdd(new ErrorMessage { Id = _replay.Id, Message = $"the journal cannot be read: {e.Message}" });
        }

        _replay.Job.Dispose();
        _replay = null;
        _signal.Set();
    }

    private async ValueTask<int> WriteSlicesAsync()
    {
        var bytes = 0;
        var last = _slices.Count - 1;
        for (var i = 0; i <= last; i++)
        {
            var slice = _slices[i];
            bytes += slice.Count;
            if (slice.Count > SmallSlice || last == 0)
            {
                await FlushStageAsync();
                await connection.WriteAsync(slice.Bytes);
                continue;
            }

            if (_staged + slice.Count > StageBytes)
            {
                await FlushStageAsync();
            }

            _stage ??= ArrayPool<byte>.Shared.Rent(StageBytes);
            slice.Bytes.CopyTo(_stage.AsMemory(_staged));
            _staged += slice.Count;
        }

        await FlushStageAsync();
        foreach (var slice in _slices)
        {
            slice.Release();
        }

        _slices.Clear();
        return bytes;
    }

    private async ValueTask FlushStageAsync()
    {
        if (_staged > 0)
        {
            await connection.WriteAsync(_stage.AsMemory(0, _staged));
            _staged = 0;
        }
    }

    private void ReturnStage()
    {
        if (_stage is { } stage)
        {
            ArrayPool<byte>.Shared.Return(stage);
            _stage = null;
            _staged = 0;
        }
    }

    private void DropReplays()
    {
        lock (_gate)
        {
            _replay?.Job.Dispose();
            while (_replays.TryDequeue(out var replay))
            {
                replay.Job.Dispose();
            }
        }
    }

    private sealed record PendingReplay(ReplayJob Job, string Id, Func<long, ServerMessage> Done);
}
