using System.Buffers;
using Overseer.Protocols.Classic;
using Overseer.Protocols.V2;
using Overseer.Streams;

namespace Overseer.Server;

/// <summary>Answers and broadcasts on their way to one connection, as finished frames. Bounded; thread-safe.</summary>
internal sealed class Outbox(int maxBytes, ProtocolProfile profile)
{
    private const int KeptBytes = 64 * 1024;
    private readonly Lock _gate = new();
    private PooledBuffer _filling = new();
    private PooledBuffer _draining = new();
    private TaskCompletionSource? _roomy;
    private bool _closed;

    /// <summary>Bytes that wait.</summary>
    public int Bytes
    {
        get
        {
            lock (_gate)
            {
                return _filling.WrittenCount;
            }
        }
    }

    /// <summary>Adds a message; false when the bound is passed, and then the message is not added.</summary>
    public bool TryAdd(ServerMessage message)
    {
        lock (_gate)
        {
            if (_filling.WrittenCount >= maxBytes)
            {
                return false;
            }

            MessageFrames.Encode(message, _filling, profile);
            return true;
        }
    }

    /// <summary>Adds a message that is written already; false when the bound is passed, and then it is not added.</summary>
    public bool TryAdd(ReadOnlySpan<byte> json)
    {
        lock (_gate)
        {
            if (_filling.WrittenCount >= maxBytes)
            {
                return false;
            }

            _filling.Advance(WebSocketFrame.WriteHeader(_filling.GetSpan(WebSocketFrame.MaxHeaderBytes), json.Length));
            _filling.Write(json);
            return true;
        }
    }

    /// <summary>Takes everything that waits. What was taken before is overwritten: its write must be over.</summary>
    public ReadOnlyMemory<byte> TakeAll()
    {
        lock (_gate)
        {
            _draining.Reset(KeptBytes);
            if (_filling.WrittenCount == 0)
            {
                return default;
            }

            (_filling, _draining) = (_draining, _filling);
            _roomy?.TrySetResult();
            _roomy = null;
            return _draining.WrittenMemory;
        }
    }

    /// <summary>Completes when less than half of the bound waits: a client that asks but does not read is not asked further.</summary>
    public Task WhenRoomyAsync()
    {
        lock (_gate)
        {
            if (_closed || _filling.WrittenCount < maxBytes / 2)
            {
                return Task.CompletedTask;
            }

            _roomy ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _roomy.Task;
        }
    }

    /// <summary>Lets whoever waits for room go on, now and later; the connection ends.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _roomy?.TrySetResult();
            _roomy = null;
        }
    }
}
