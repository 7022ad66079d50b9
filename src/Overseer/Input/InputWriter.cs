// The one thread that writes to the tasks' standard inputs. It waits for room in all full pipes at once, so a program that never reads costs an entry in its
// table and holds up nobody: no connection, no other task, not the engine.
//
// An input is accepted when all of it is in the pipe, so that what was accepted is not lost with this process.
//
// How a program that has closed its input is noticed: neither half keeps a reading end, so the pipe has no reader when the program and its descendants
// have none; then a write fails with EPIPE (the runtime ignores SIGPIPE), and a wait for room ends.

using System.Collections.Concurrent;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Loop;
using Overseer.Recorder.Wire;
using Overseer.Supervision;
using Libc = Overseer.Recorder.Interop.Interop;

namespace Overseer.Input;

internal sealed class InputWriter : IDisposable
{
    /// <summary>How much one task may take before the others have their turn.</summary>
    private const int BytesPerTurn = 256 * 1024;

    private readonly RecorderKeeper _recorder;
    private readonly ConcurrentQueue<InputQueue> _due = new();
    private readonly Poller _poller = new();
    private readonly WakePipe _wake = new();
    private readonly Thread _thread;
    private volatile bool _stopping;

    /// <summary>Begins to write.</summary>
    public InputWriter(RecorderKeeper recorder)
    {
        _recorder = recorder;
        _ = _poller.Add(_wake, EpollEvent.In);
        _thread = new Thread(Run) { IsBackground = true, Name = "overseer input" };
        _thread.Start();
    }

    /// <summary>Something about the queue is new. Thread-safe.</summary>
    public void Schedule(InputQueue queue)
    {
        _due.Enqueue(queue);
        _wake.Set();
    }

    /// <summary>Ends the thread; what waits is not written. The pipes of queues that are not over are still held.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        _thread.Join();
        while (_due.TryDequeue(out var queue))
        {
            queue.Release();
        }

        _poller.Dispose();
        _wake.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            _poller.Dispatch(_poller.Wait(-1));
            for (var left = _due.Count; left > 0 && _due.TryDequeue(out var queue); left--)
            {
                Serve(queue);
            }
        }
    }

    /// <summary>Writes as much as there is room for. On the writer's thread only.</summary>
    public void Serve(InputQueue queue)
    {
        if (queue.Ended)
        {
            Refuse(queue, InputRefusals.Ended);
            return;
        }

        var left = BytesPerTurn;
        while (queue.TryPeek(out var input))
        {
            if (queue.Pipe is null && !TryHold(queue))
            {
                return;
            }

            if (!TryWrite(queue, input, ref left))
            {
                return;
            }

            queue.Dequeue();
            if (input.Eof)
            {
                LetGo(queue);
                _recorder.CloseInput(queue.Run);
            }

            input.Accept();
        }

        LetGo(queue);
    }

    /// <summary>False: not now, or never, and then all that waits has been refused.</summary>
    private bool TryHold(InputQueue queue)
    {
        if (_recorder.FindInput(queue.Run) is not { } found)
        {
            // While the recorder's runs are not known, this one may still turn up.
            if (!_recorder.IsRecovering)
            {
                Refuse(queue, InputRefusals.NotRunning);
            }

            return false;
        }

        var refusal = found switch
        {
            { State: InputState.Open, Pipe: { } pipe } => queue.TryHold(pipe) ? null : InputRefusals.Ended,
            { State: InputState.Open } => InputRefusals.NoDescriptor,
            { State: InputState.Closed } => InputRefusals.Closed,
            { State: InputState.Unknown } => InputRefusals.Lost,
            _ => InputRefusals.NoPipe,
        };
        if (refusal is null)
        {
            return true;
        }

        Refuse(queue, refusal);
        return false;
    }

    /// <summary>True: all of the input is in the pipe.</summary>
    private bool TryWrite(InputQueue queue, PendingInput input, ref int left)
    {
        while (input.Rest.Length > 0)
        {
            if (left <= 0)
            {
                Schedule(queue);
                return false;
            }

            var written = Libc.Write(queue.Descriptor, input.Rest.Span[..Math.Min(input.Rest.Length, left)]);
            if (written >= 0)
            {
                input.Written += written;
                left -= written;
                continue;
            }

            var errno = -written;
            if (errno == Errno.EINTR)
            {
                continue;
            }

            if (errno == Errno.EAGAIN)
            {
                errno = queue.Slot >= 0 ? 0 : _poller.Add(queue, EpollEvent.Out);
                if (errno == 0)
                {
                    return false;
                }
            }

            Refuse(queue, errno == Errno.EPIPE ? InputRefusals.NotRead : $"the input cannot be written: {Errno.Describe(errno)}");
            return false;
        }

        return true;
    }

    private void Refuse(InputQueue queue, string reason)
    {
        LetGo(queue);
        foreach (var input in queue.TakeAll())
        {
            input.Refuse(reason);
        }
    }

    private void LetGo(InputQueue queue)
    {
        _poller.Remove(queue);
        queue.Release();
    }
}
