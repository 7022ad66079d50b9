// One container that reports, from its first message to its end. What must hold:
//   - There is one writer of the run: this. So the number that the next line gets is known before it is written.
//   - Whoever opens it waits until the engine has stored it; whoever comes after its end opens another one, when the end is stored.
//   - An end that cannot be written (the disk is full) is tried again, and nothing is taken meanwhile.

using System.Buffers;
using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.Protocols.Hub;
using Overseer.Recorder.Journal;

namespace Overseer.Hub;

internal sealed class Session(string containerId, HubContext hub)
{
    private static readonly TimeSpan NotePause = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly HashSet<HubVoice> _producers = [];
    private readonly TaskCompletionSource<HubError?> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IHostedRun? _run;
    private long _next = 1;
    private long _lastHeard = hub.Clock.GetTimestamp();
    private DateTimeOffset _lastSeen = hub.Clock.GetUtcNow();
    private string? _status;
    private string? _noted;
    private long _notedAt;
    private volatile bool _ended;
    private (int Code, int Signal)? _exit;

    /// <summary>The container, and the task.</summary>
    public string ContainerId { get; } = containerId;

    /// <summary>Completes when it is open, or cannot be: then with why.</summary>
    public Task<HubError?> Opened => _opened.Task;

    /// <summary>Whether it is an earlier server's that goes on: then it need not be opened. Belongs to the directory's lock.</summary>
    public bool IsResumed { get; set; }

    /// <summary>Completes when its end is stored.</summary>
    public Task Settled => _settled.Task;

    /// <summary>Whether nothing more can be written.</summary>
    public bool HasEnded => _ended;

    /// <summary>The engine has stored it, and its run has begun.</summary>
    public void Open() => _opened.TrySetResult(null);

    /// <summary>It cannot be opened.</summary>
    public void Fail(HubError error)
    {
        lock (_gate)
        {
            _ended = true;
        }

        _opened.TrySetResult(error);
        _settled.TrySetResult();
    }

    /// <summary>Its end is stored.</summary>
    public void Settle() => _settled.TrySetResult();

    /// <summary>This is its run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="status">What an earlier server had heard of it.</param>
    /// <exception cref="IOException">The journal cannot be read.</exception>
    public void Attach(IHostedRun run, string? status)
    {
        var next = hub.Streams.Find(ContainerId)?.End.NextLine ?? 1;
        lock (_gate)
        {
            (_run, _next, _status, _noted) = (run, Math.Max(1, next), status, status);
        }
    }

    /// <summary>Somebody reports for it.</summary>
    public void Enter(HubVoice producer)
    {
        lock (_gate)
        {
            _producers.Add(producer);
        }
    }

    /// <summary>A connection has ended. When it was the last one, and the container had said that it is done, the session ends.</summary>
    public void Leave(HubVoice producer)
    {
        lock (_gate)
        {
            if (!_producers.Remove(producer) || _producers.Count > 0 || _ended || !HubStatus.IsFinal(_status) || hub.IsClosing)
            {
                return;
            }

            End_NeedsLock(HubStatus.IsSuccess(_status) ? 0 : -1, 0, "its container was done, and has left");
        }
    }

    /// <summary>A sign of life.</summary>
    public void Hear()
    {
        lock (_gate)
        {
            Heard_NeedsLock();
        }
    }

    /// <summary>Keeps messages.</summary>
    /// <param name="batch">The messages; what the journal has already is taken out.</param>
    /// <param name="own">Notes what the sender is not to get back; null when it does not watch.</param>
    public WriteOutcome Write(HubBatch batch, OwnMessages? own)
    {
        lock (_gate)
        {
            if (batch.IsNumbered)
            {
                batch.DropDelivered(hub.Deliveries.Of(ContainerId));
            }

            if (_ended || _run is null)
            {
                return batch.Count == 0 ? new WriteOutcome.Kept(0) : WriteOutcome.Ended.Instance;
            }

            Heard_NeedsLock();
            if (batch.Count == 0)
            {
                return new WriteOutcome.Kept(0);
            }

            own?.Add(_next, batch.Count);
            try
            {
                if (!Append_NeedsLock(batch.Output, batch.Lines))
                {
                    // Not ended, so there is no other one to be opened: the server ends.
                    own?.TakeBack(_next);
                    return new WriteOutcome.Failed(HubError.NotStored("the server is shutting down"));
                }
            }
            catch (IOException e)
            {
                own?.TakeBack(_next);
                hub.NotWritten(ContainerId, e.Message);
                return new WriteOutcome.Failed(HubError.NotStored(e.Message));
            }

            if (batch.IsNumbered)
            {
                batch.NoteIn(hub.Deliveries.Of(ContainerId));
            }

            return new WriteOutcome.Kept(batch.Count);
        }
    }

    /// <summary>The container has said how it is.</summary>
    public void SetStatus(string status)
    {
        lock (_gate)
        {
            _status = status;
            Note_NeedsLock();
        }
    }

    /// <summary>The container has said that it is done.</summary>
    public void Complete(int? exitCode)
    {
        lock (_gate)
        {
            End_NeedsLock(exitCode ?? -1, 0, "its container is done");
        }
    }

    /// <summary>When the last thing that an earlier server wrote down is that the container is done, the session ends: the container does not say it again.</summary>
    /// <exception cref="IOException">The journal cannot be read.</exception>
    public void EndAsSaid()
    {
        if (hub.Streams.Find(ContainerId) is not { Directory: { } directory, End: { Segment: > 0 } end })
        {
            return;
        }

        var isDone = false;
        int? exitCode = null;
        using (var reader = JournalReader.Open(directory))
        {
            reader.Seek(Math.Max(1, end.NextLine - 1), end);
            while (reader.TryRead(end, out var entry))
            {
                isDone = entry.Kind == EntryKind.Line && HubReader.Read(entry.Data, out var message) is null && message.Type == HubType.Complete;
                exitCode = isDone && HubReader.Read(entry.Data, out var complete) is null ? complete.ExitCode : null;
            }
        }

        if (isDone)
        {
            Complete(exitCode);
        }
    }

    /// <summary>Somebody wants the task to end.</summary>
    public void Signal(int signal)
    {
        lock (_gate)
        {
            if (_ended || _run is null)
            {
                return;
            }

            if (signal == PosixSignalName.Sigkill)
            {
                Say_NeedsLock(HubError.Killed);
                End_NeedsLock(-1, signal, "it was killed");
            }
            else if (_producers.Count == 0)
            {
                End_NeedsLock(-1, signal, "it was stopped, and nobody reports for it");
            }
            else
            {
                foreach (var producer in _producers)
                {
                    producer.Command(ContainerId, "stop");
                }
            }
        }
    }

    /// <summary>Passes a command on, and returns to how many connections.</summary>
    public int Command(ref HubMessage message)
    {
        lock (_gate)
        {
            foreach (var producer in _producers)
            {
                producer.Command(ref message);
            }

            return _ended ? 0 : _producers.Count;
        }
    }

    /// <summary>The last number of a delivery that is kept.</summary>
    public long Delivered(Guid id)
    {
        lock (_gate)
        {
            return hub.Deliveries.Of(ContainerId).Last(id);
        }
    }

    /// <summary>Looks whether it was silent for too long, or something is left to be done.</summary>
    public void Look(TimeSpan timeout)
    {
        lock (_gate)
        {
            if (_exit is not null)
            {
                Exit_NeedsLock();
                return;
            }

            if (_ended || _run is null || !_opened.Task.IsCompleted)
            {
                return;
            }

            Note_NeedsLock();
            if (hub.Clock.GetElapsedTime(_lastHeard) >= timeout)
            {
                Say_NeedsLock(HubError.SessionTimeout(timeout));
                End_NeedsLock(-1, 0, "nothing was heard of its container");
            }
        }
    }

    /// <summary>As it stands.</summary>
    public (string? Status, DateTimeOffset LastSeen, long Messages, int Producers) View()
    {
        lock (_gate)
        {
            return (_status, _lastSeen, _next - 1, _producers.Count);
        }
    }

    private void Heard_NeedsLock() => (_lastHeard, _lastSeen) = (hub.Clock.GetTimestamp(), hub.Clock.GetUtcNow());

    private bool Append_NeedsLock(HostedOutput output, ReadOnlySpan<byte> lines)
    {
        var next = _run!.Write(output, lines, hub.Clock.GetUtcNow());
        if (next == 0)
        {
            return false;
        }

        _next = next;
        return true;
    }

    // What the hub says of a session is for all its viewers, now and later: so it is in the journal.
    private void Say_NeedsLock(HubError error)
    {
        hub.Counts.Said(error);
        var line = new ArrayBufferWriter<byte>();
        HubWriter.Error(line, capitals: false, ContainerId, hub.Clock.GetUtcNow(), error);
        line.Write("\n"u8);
        try
        {
            Append_NeedsLock(HostedOutput.Stderr, line.WrittenSpan);
        }
        catch (IOException e)
        {
            hub.NotWritten(ContainerId, e.Message);
        }
    }

    private void End_NeedsLock(int code, int signal, string why)
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        _exit = (code, signal);
        if (_status != _noted)
        {
            _run!.Note(_status);
        }

        _producers.Clear();
        HubLog.Ended(hub.Log, ContainerId, why);
        Exit_NeedsLock();
    }

    private void Exit_NeedsLock()
    {
        var (code, signal) = _exit!.Value;
        try
        {
            _run!.Exited(code, signal, hub.Clock.GetUtcNow());
            _exit = null;
        }
        catch (IOException e)
        {
            // Looked at again before long.
            hub.NotWritten(ContainerId, e.Message);
        }
    }

    private void Note_NeedsLock()
    {
        if (_status == _noted || _run is null || _ended || (_notedAt != 0 && hub.Clock.GetElapsedTime(_notedAt) < NotePause))
        {
            return;
        }

        (_noted, _notedAt) = (_status, hub.Clock.GetTimestamp());
        _run.Note(_status);
    }
}
