using Overseer.Recorder.Interop;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Loop;

/// <summary>One connection of a server, or of one that has not said hello yet. Never blocks, whatever the server does.</summary>
internal sealed unsafe class ControlConnection(RecorderState state, ControlRoom room, int socket) : EventSource, IDisposable
{
    /// <summary>A spawn takes most of a millisecond, adopting a run may take more; output of other tasks shall not wait for a queue of them.</summary>
    private const int SpawnsPerPass = 4;

    private readonly FrameReader _reader = new();
    private readonly SendBuffer _sending = new();
    private bool _waitsForRoom;
    private bool _mayExport;
    private bool _exports;
    private long _epoch;
    private int _births = -1;

    internal override int Descriptor => socket;

    /// <summary>Whether a hello was accepted.</summary>
    internal bool Greeted { get; private set; }

    /// <summary>Whether requests were received that have not been carried out.</summary>
    internal bool Backlog { get; private set; }

    internal bool NothingToSend => _sending.IsEmpty;

    internal override void OnReady(uint events)
    {
        if ((events & ~EpollEvent.Out) != 0)
            Work(SpawnsPerPass, receive: true);
    }

    /// <summary>Carries out requests, at most that many spawns.</summary>
    internal void Work(int spawns, bool receive)
    {
        try
        {
            while (true)
            {
                while (spawns > 0 && _reader.TryRead(out var header, out byte* body))
                {
                    if (header.Kind is MessageKind.Spawn or MessageKind.Adopt)
                        spawns--;
                    if (!Handle(in header, body))
                        return;
                }
                Backlog = spawns == 0;
                if (Backlog || !receive)
                    return;
                var outcome = _reader.Receive(socket, wait: false);
                if (outcome == ReceiveOutcome.Empty)
                    return;
                if (outcome != ReceiveOutcome.Received)
                {
                    room.Lost(this, outcome == ReceiveOutcome.Closed ? "it closed the connection" : "descriptors it sent were lost, there are too few free numbers");
                    return;
                }
            }
        }
        catch (InvalidDataException e)
        {
            room.Lost(this, e.Message);
        }
    }

    /// <summary>Sends what waits, as far as the server takes it.</summary>
    internal void Flush()
    {
        while (true)
        {
            if (Greeted || _exports)
                state.Outbox.Fill(_sending);
            if (_sending.IsEmpty)
            {
                // The server's kernel has all of it. What happens until this recorder is gone is in the journals.
                if (_exports)
                    state.HandedOver = true;
                break;
            }
            var outcome = _sending.Send(socket);
            if (outcome == SendOutcome.Closed)
            {
                // What the server sent before it died is still to be read; the end of that is noticed there.
                _sending.Clear();
                state.Outbox.Clear();
                state.Outbox.Connected = false;
                return;
            }
            if (outcome == SendOutcome.Blocked)
            {
                WaitForRoom(true);
                return;
            }
        }
        WaitForRoom(false);
    }

    /// <summary>A newer server is here: everything this one has sent is carried out.</summary>
    internal void ReadToEnd() => Work(int.MaxValue, receive: true);

    public void Dispose()
    {
        state.Poller.Remove(this);
        _reader.Dispose();
        _sending.Dispose();
        CloseBirths();
        _ = Libc.Close(socket);
    }

    /// <summary>False: this connection is no more.</summary>
    private bool Handle(in FrameHeader header, byte* body)
    {
        if (header.Kind == MessageKind.Hello)
            return Hello(*(HelloMessage*)Fixed<HelloMessage>(in header, body));
        if (header.Kind == MessageKind.Export && _mayExport)
        {
            _exports = true;
            room.Export(this, _epoch);
            return true;
        }
        if (!Greeted)
            throw new InvalidDataException("it did not say hello first");
        switch (header.Kind)
        {
            case MessageKind.Spawn:
                Spawn(in header, body);
                break;
            case MessageKind.Stored:
                state.Runs.Stored(((IdMessage*)Fixed<IdMessage>(in header, body))->Id);
                break;
            case MessageKind.CloseJournal:
                state.Journals.CloseWhenIdle(((IdMessage*)Fixed<IdMessage>(in header, body))->Id);
                break;
            case MessageKind.CloseInput:
                state.Inputs.Close(((IdMessage*)Fixed<IdMessage>(in header, body))->Id);
                break;
            case MessageKind.Refused:
                state.Outbox.Add(new Notice(MessageKind.SpawnFailed, Failure: FailureCodec.Decode(body, header.Length)));
                break;
            case MessageKind.Adopt:
                Adopt(in header, body);
                break;
            case MessageKind.Reaped:
                Reaped(*(ReapedMessage*)Fixed<ReapedMessage>(in header, body));
                break;
            case MessageKind.Births:
                Births(in header);
                break;
            case MessageKind.Ping:
                state.Outbox.Add(new Notice(MessageKind.Pong));
                break;
            case MessageKind.Shutdown:
                state.ShutdownRequested = true;
                state.Log("the server asks for the end; waiting for the last run");
                break;
            default:
                throw new InvalidDataException($"it sent a message of the unknown kind {(int)header.Kind}");
        }
        return true;
    }

    private static void* Fixed<T>(in FrameHeader header, byte* body)
        where T : unmanaged =>
        header.Length == sizeof(T) ? body : throw new InvalidDataException($"a message of kind {header.Kind} has {header.Length} bytes instead of {sizeof(T)}");

    private bool Hello(HelloMessage hello)
    {
        var outcome = room.Welcome(this, hello);
        _sending.Put(MessageKind.HelloAnswer, new HelloAnswerMessage
        {
            Version = state.Options.WireVersion,
            Pid = Environment.ProcessId,
            Epoch = Math.Max(state.Epoch, 0),
            Outcome = outcome,
        });
        if (outcome == HelloOutcome.OtherVersion)
        {
            // It may ask for everything to be handed over.
            _mayExport = true;
            _epoch = hello.Epoch;
            _ = _sending.Send(socket);
            return true;
        }
        if (outcome != HelloOutcome.Accepted)
        {
            _ = _sending.Send(socket);
            room.Lost(this, $"refused: {outcome}");
            return false;
        }
        Greeted = true;
        return true;
    }

    private void Spawn(in FrameHeader header, byte* body)
    {
        if (header.Descriptors > 8)
            throw new InvalidDataException("a spawn request came with too many descriptors");
        Span<int> descriptors = stackalloc int[8];
        for (int i = 0; i < header.Descriptors; i++)
            descriptors[i] = _reader.TakeDescriptor();
        state.Starter.Start(body, header.Length, descriptors[..header.Descriptors]);
    }

    private void Adopt(in FrameHeader header, byte* body)
    {
        if (header.Descriptors > 4)
            throw new InvalidDataException("a run to adopt came with too many descriptors");
        Span<int> descriptors = stackalloc int[4];
        for (int i = 0; i < header.Descriptors; i++)
            descriptors[i] = _reader.TakeDescriptor();
        state.Adopter.Adopt(HandoverCodec.Read(body, header.Length), descriptors[..header.Descriptors]);
    }

    private void Births(in FrameHeader header)
    {
        if (header.Descriptors != 1)
            throw new InvalidDataException($"a place for births came with {header.Descriptors} descriptors");
        CloseBirths();
        state.Births = _births = _reader.TakeDescriptor();
    }

    private void CloseBirths()
    {
        if (_births < 0)
            return;
        if (state.Births == _births)
            state.Births = -1;
        _ = Libc.Close(_births);
        _births = -1;
    }

    private void Reaped(ReapedMessage message)
    {
        var status = new ExitStatus(message.ExitCode, message.Signal, message.UserMicroseconds, message.SystemMicroseconds, message.MaxRssKilobytes, message.TimeNs);
        if (state.Runs.TryGet(message.RunId, out var run))
            state.Exits.Given(run!, status);
        else
            state.Adopter.Given(message.RunId, status);
    }

    private void WaitForRoom(bool wait)
    {
        if (wait == _waitsForRoom)
            return;
        _waitsForRoom = wait;
        state.Poller.Change(this, wait ? EpollEvent.In | EpollEvent.Out : EpollEvent.In);
    }
}
