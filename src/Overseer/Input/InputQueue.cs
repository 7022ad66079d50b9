using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using Overseer.Protocols.V2;
using Overseer.Recorder.Loop;

namespace Overseer.Input;

/// <summary>
/// The inputs of one run that wait to be written, in the order in which they came. Bounded. Requests are added by any thread; all else belongs to the writer's
/// thread.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="maxBytes">What may wait.</param>
/// <param name="ready">Called on the writer's thread when the pipe has room again, or nobody who reads it.</param>
internal sealed class InputQueue(Guid run, int maxBytes, Action<InputQueue> ready) : EventSource
{
    private readonly Lock _gate = new();
    private readonly Queue<PendingInput> _waiting = new();
    private int _waitingBytes;
    private bool _closing;
    private bool _held;
    private bool _ended;

    /// <summary>The run.</summary>
    public Guid Run => run;

    /// <summary>The pipe's writing end while something is being written.</summary>
    public SafeFileHandle? Pipe { get; private set; }

    /// <summary>Whether the run is over. Nothing will be written any more.</summary>
    public bool Ended
    {
        get
        {
            lock (_gate)
            {
                return _ended;
            }
        }
    }

    internal override int Descriptor => (int)Pipe!.DangerousGetHandle();

    /// <summary>Adds an input, or says why not: then nothing of it is written.</summary>
    public string? TryAdd(InputMessage request, Action<ServerMessage> answer)
    {
        var cost = PendingInput.CostOf(request);
        lock (_gate)
        {
            if (_ended)
            {
                return InputRefusals.NotRunning;
            }

            if (_closing)
            {
                return InputRefusals.Closed;
            }

            if (cost > maxBytes)
            {
                return $"the input has {request.Data.Length} bytes, more than may wait for one task (limits.max_input_bytes: {maxBytes}); nothing of it was written";
            }

            if (cost > maxBytes - _waitingBytes)
            {
                return $"the task does not read its input fast enough: {_waitingBytes} bytes wait already, and {maxBytes} may (limits.max_input_bytes); nothing of this input was written";
            }

            _waitingBytes += cost;
            _closing = request.Eof;
            _waiting.Enqueue(new PendingInput(request, answer));
            return null;
        }
    }

    /// <summary>The run is over. Thread-safe.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
        }
    }

    /// <summary>The input whose turn it is.</summary>
    public bool TryPeek([NotNullWhen(true)] out PendingInput? input)
    {
        lock (_gate)
        {
            return _waiting.TryPeek(out input);
        }
    }

    /// <summary>The input whose turn it was is done with.</summary>
    public void Dequeue()
    {
        lock (_gate)
        {
            _waitingBytes -= _waiting.Dequeue().Cost;
        }
    }

    /// <summary>Takes all that waits; it will not be written, and later inputs are judged anew.</summary>
    public IReadOnlyList<PendingInput> TakeAll()
    {
        lock (_gate)
        {
            PendingInput[] all = [.. _waiting];
            _waiting.Clear();
            _waitingBytes = 0;
            _closing = false;
            return all;
        }
    }

    /// <summary>Keeps the pipe open until <see cref="Release"/>. False: it is closed already.</summary>
    public bool TryHold(SafeFileHandle pipe)
    {
        try
        {
            pipe.DangerousAddRef(ref _held);
            Pipe = pipe;
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Lets the pipe go. Nothing happens when it is not held.</summary>
    public void Release()
    {
        if (_held)
        {
            Pipe!.DangerousRelease();
        }

        _held = false;
        Pipe = null;
    }

    internal override void OnReady(uint events) => ready(this);
}
