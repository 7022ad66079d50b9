using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Takeover;

namespace Overseer.Recorder.Wire;

/// <summary>The receiving thread of a link: turns messages into events.</summary>
internal sealed unsafe class LinkReceiver : IDisposable
{
    private const int AnswerMilliseconds = 10_000;
    private const string DescriptorsLost = "descriptors sent by the recorder were lost, the server has too few free ones";

    private readonly FrameReader _reader = new();
    private readonly SafeFileHandle _socket;
    private readonly IRecorderEvents _events;
    private readonly Thread _thread;
    private volatile bool _stopped;
    private readonly Action<Guid, int, PidHandle> _born;
    private int _recorderPid;

    internal LinkReceiver(SafeFileHandle socket, IRecorderEvents events)
    {
        _socket = socket;
        _events = events;
        _born = events.RunBorn;
        _thread = new Thread(Receive) { IsBackground = true, Name = "overseer recorder link" };
    }

    /// <summary>Where children say that they are there; to be set before <see cref="Start"/>, and disposed of here.</summary>
    internal BirthInbox? Births { get; set; }

    /// <summary>Waits for the answer to the hello. Returns the recorder's pid.</summary>
    /// <exception cref="RecorderUnavailableException">It refuses.</exception>
    internal int ReadAnswer()
    {
        FrameHeader header;
        byte* body;
        while (!_reader.TryRead(out header, out body))
        {
            var readable = new PollEntry { Descriptor = (int)_socket.DangerousGetHandle(), Events = Libc.POLLIN };
            if (Libc.Poll(&readable, 1, AnswerMilliseconds) == 0)
                throw new RecorderUnavailableException($"the recorder does not answer within {AnswerMilliseconds / 1000} s: its disk may be stuck") { IsStuck = true };
            var outcome = _reader.Receive((int)_socket.DangerousGetHandle(), wait: true);
            if (outcome == ReceiveOutcome.DescriptorsLost)
                throw new RecorderUnavailableException(DescriptorsLost);
            if (outcome != ReceiveOutcome.Received)
            {
                // A recorder that was killed in a start leaves its socket listening for the moment until the child has closed its copy.
                throw new RecorderUnavailableException("the recorder closed the connection before it answered", isAbsent: true);
            }
        }
        if (header.Kind != MessageKind.HelloAnswer || header.Length < sizeof(HelloAnswerMessage))
            throw new RecorderUnavailableException("what listens at the recorder's socket is no recorder");
        var answer = *(HelloAnswerMessage*)body;
        return answer.Outcome switch
        {
            HelloOutcome.Accepted => _recorderPid = answer.Pid,
            HelloOutcome.OlderEpoch => throw new RecorderUnavailableException($"the recorder (pid {answer.Pid}) serves a newer server (epoch {answer.Epoch}): only one server may use a state directory")
            {
                NewestEpoch = answer.Epoch,
            },
            _ => throw new RecorderUnavailableException($"the recorder (pid {answer.Pid}) speaks version {answer.Version}, this server {WireVersion.Current}: let its runs end and stop it")
            {
                IsOtherVersion = true,
            },
        };
    }

    internal void Start() => _thread.Start();

    /// <summary>No event is raised after this, but for one that this is called from.</summary>
    public void Dispose()
    {
        if (!_thread.IsAlive && !_stopped && _thread.ThreadState.HasFlag(System.Threading.ThreadState.Unstarted))
        {
            _reader.Dispose();
            Births?.Dispose();
            return;
        }
        _stopped = true;
        if (!_socket.IsClosed)
            _ = Libc.ShutdownSocket((int)_socket.DangerousGetHandle(), Libc.SHUT_RDWR);
        if (Thread.CurrentThread != _thread)
            _thread.Join();
    }

    private void Receive()
    {
        string reason = "the recorder closed the connection";
        bool referenced = false;
        try
        {
            _socket.DangerousAddRef(ref referenced);
            int socket = (int)_socket.DangerousGetHandle();
            while (!_stopped)
            {
                while (!_stopped && _reader.TryRead(out var header, out byte* body))
                    Raise(in header, body);
                var outcome = _stopped ? ReceiveOutcome.Closed : _reader.Receive(socket, wait: true);
                if (outcome == ReceiveOutcome.DescriptorsLost)
                    reason = DescriptorsLost;
                if (outcome != ReceiveOutcome.Received)
                    break;
            }
        }
        catch (InvalidDataException e)
        {
            reason = $"the recorder does not speak this protocol: {e.Message}";
        }
        finally
        {
            _reader.Dispose();
            if (referenced)
                _socket.DangerousRelease();
        }
        if (!_stopped)
        {
            Births?.DrainToEnd(_born);
            _events.Disconnected(reason);
        }
        Births?.Dispose();
        LaunchedRecorder.Reap(_recorderPid);
    }

    private void Raise(in FrameHeader header, byte* body)
    {
        switch (header.Kind)
        {
            case MessageKind.JournalAdvanced:
                var advanced = (JournalAdvancedMessage*)Fixed<JournalAdvancedMessage>(in header, body);
                RaiseGrowth(advanced->JournalId, advanced->Growth);
                _events.JournalAdvanced(advanced->JournalId, advanced->End);
                break;
            case MessageKind.RunStarted:
                // It was told there before, and is no news now; but the queue has to be kept short.
                Births?.Drain(_born);
                RaiseStarted(*(RunStartedMessage*)Fixed<RunStartedMessage>(in header, body));
                break;
            case MessageKind.RunExited:
                RaiseExited(*(RunExitedMessage*)Fixed<RunExitedMessage>(in header, body));
                break;
            case MessageKind.StreamClosed:
                var closed = (StreamClosedMessage*)Fixed<StreamClosedMessage>(in header, body);
                _events.StreamClosed(closed->RunId, closed->Stream);
                break;
            case MessageKind.SpawnFailed:
                _events.SpawnFailed(FailureCodec.Decode(body, header.Length));
                break;
            case MessageKind.HelloDone:
                _events.HelloDone();
                break;
            case MessageKind.Pong:
                _events.Pong();
                break;
            default:
                throw new InvalidDataException($"a message of the unknown kind {(int)header.Kind}");
        }
    }

    private void RaiseStarted(RunStartedMessage message)
    {
        var pidfd = new PidHandle(message.Ropes.HasFlag(RopeFlags.PidFd) ? _reader.TakeDescriptor() : -1);
        _events.RunStarted(new RunStart(
            message.RunId,
            message.JournalId,
            message.Run,
            message.Pid,
            message.ProcessStartTime,
            message.TimeNs,
            pidfd,
            message.Ropes.HasFlag(RopeFlags.Stdout) ? _reader.TakePipe() : null,
            message.Ropes.HasFlag(RopeFlags.Stderr) ? _reader.TakePipe() : null)
        {
            Input = message.Input,
            StandardInput = message.Ropes.HasFlag(RopeFlags.Stdin) ? _reader.TakePipe() : null,
            InputHolder = new InputHolder(message.HolderPid, message.HolderStartTime),
        });
    }

    private void RaiseExited(RunExitedMessage message)
    {
        var exit = new ExitRecord(
            message.RunId,
            message.Pid,
            message.Run,
            message.ExitCode,
            message.Signal,
            message.UserMicroseconds,
            message.SystemMicroseconds,
            message.MaxRssKilobytes);
        RaiseGrowth(message.JournalId, message.Growth);
        _events.RunExited(exit, message.JournalId, new JournalPosition(message.ExitSegment, message.ExitOffset, 0), message.End, message.TimeNs);
    }

    private void RaiseGrowth(Guid journalId, in JournalGrowth growth)
    {
        if (growth != default)
            _events.JournalGrew(journalId, in growth);
    }

    private static void* Fixed<T>(in FrameHeader header, byte* body)
        where T : unmanaged =>
        header.Length == sizeof(T) ? body : throw new InvalidDataException($"a message of kind {header.Kind} has {header.Length} bytes instead of {sizeof(T)}");
}
