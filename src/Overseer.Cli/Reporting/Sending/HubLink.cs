// One connection to the hub: what is taken from the spool goes out, answers come in.
//
// The hub is asked by heartbeats how far it has the delivery, one question at a time. What it has is forgotten here; so a message is never forgotten before it is kept there, and
// since the hub drops what it has already, sending everything else again on the next connection doubles nothing. A hub that answers without a number (another program) has got what was
// sent before the question, as a connection keeps the order.
//
// A connection begins with one message and a question, and goes on when that has arrived: a hub that refuses mostly refuses that one. When it refuses one later, as its disk is full, it refuses
// those behind it too, so no number can count as arrived that did not. The connection ends, and the next one begins with the first that has not arrived.
//
// One task writes and one reads; they share the fields below under the lock, and the reader wakes the writer.

using System.Buffers;
using System.Buffers.Binary;
using Overseer.Cli.Reporting.Spooling;

namespace Overseer.Cli.Reporting.Sending;

/// <summary>Carries a report over one connection. For one use.</summary>
internal sealed class HubLink
{
    private const int BatchBytes = 64 * 1024;
    private const int MostPongs = 16;
    private const int TooLargeClose = 1009;

    /// <summary>What a hub says of a message that is too large for it, and for nothing else.</summary>
    internal const string LineTooLarge = "MESSAGE_TOO_LARGE";

    private readonly SenderOptions _options;
    private readonly ReportText _text;
    private readonly Func<TimeSpan> _uptime;
    private readonly Wake _wake;
    private readonly FrameWriter _frames;
    private readonly ArrayBufferWriter<byte> _batch = new(4096);
    private readonly ArrayBufferWriter<byte> _payload = new(512);
    private readonly Lock _gate = new();
    private readonly Queue<byte[]> _pongs = new();
    private Spool _spool;
    private int _sinceAsked;
    private long _asked = -1;
    private long _askedAt;
    private long _lastHeartbeat;
    private long _lastProgress;
    private bool _over;
    private int _largest;

    internal HubLink(SenderOptions options, ReportText text, Func<TimeSpan> uptime, Wake wake, Spool spool)
    {
        _options = options;
        _text = text;
        _uptime = uptime;
        _wake = wake;
        _frames = new FrameWriter(options.Random);
        _spool = spool;
    }

    /// <summary>What somebody wants the command to do.</summary>
    internal Action<string> Commanded { get; init; } = _ => { };

    /// <summary>Something that the hub did not take: code and text.</summary>
    internal Action<string, string> Refused { get; init; } = (_, _) => { };

    /// <summary>The hub has not taken a line for its size, and its number is spent.</summary>
    internal Action LineLost { get; init; } = () => { };

    /// <summary>Whether somebody waits for the end of the report.</summary>
    internal Func<bool> Hurries { get; init; } = () => false;

    /// <summary>The size from which on the hub takes no message; 0 while that is not known.</summary>
    internal int TooLarge { get; set; }

    /// <summary>Whether anything has arrived by this connection.</summary>
    internal bool HasProgressed { get; private set; }

    /// <summary>Why the hub wants nothing from this connection any more; null when it is not so.</summary>
    internal string? Dismissal { get; private set; }

    private TimeProvider Clock => _options.Client.Clock;

    /// <summary>Sends until the connection ends, or there is nothing left and nothing will come.</summary>
    /// <param name="stream">The connection, after its handshake.</param>
    /// <param name="drained">Is asked what to send next, once everything of a spool has arrived: the same one, if there may be more.</param>
    /// <param name="cancellation">Ends it at once.</param>
    internal async Task RunAsync(Stream stream, Func<Spool, Spool?> drained, CancellationToken cancellation)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _lastHeartbeat = _lastProgress = Clock.GetTimestamp();
        _spool.Rewind();
        Task reading = ReadAsync(stream, both.Token);
        try
        {
            while (!Volatile.Read(ref _over))
            {
                if (_spool.IsDrained)
                {
                    if (drained(_spool) is not { } next)
                    {
                        await SayGoodbyeAsync(stream, both.Token);
                        return;
                    }
                    Go(next);
                }
                if (IsSilent())
                    return;
                Fill();
                if (_batch.WrittenCount == 0)
                    await _wake.WaitAsync(UntilNext(), Clock, both.Token);
                else
                    await WriteAsync(stream, both.Token);
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // The connection is gone, or takes nothing.
        }
        finally
        {
            await both.CancelAsync();
            await stream.DisposeAsync();
            await reading;
        }
    }

    private void Go(Spool next)
    {
        if (next == _spool)
            return;
        lock (_gate)
        {
            _spool = next;
            _spool.Rewind();
            _asked = -1;
        }
    }

    private bool IsSilent()
    {
        lock (_gate)
            return _asked >= 0 && Clock.GetElapsedTime(_askedAt) > _options.Patience;
    }

    /// <summary>Gathers what is due: pongs, messages as far as the window goes, a question.</summary>
    private void Fill()
    {
        _batch.ResetWrittenCount();
        lock (_gate)
        {
            while (_pongs.TryDequeue(out byte[]? ping))
                _frames.Write(_batch, FrameKind.Pong, ping);
            if (_spool.InFlightBytes > 0 && Clock.GetElapsedTime(_lastProgress) > _options.Repeat && _asked < 0)
            {
                _lastProgress = Clock.GetTimestamp();
                _spool.Rewind();
            }
        }
        while (_batch.WrittenCount < BatchBytes && _spool.InFlightBytes < (HasProgressed ? _options.Window : 1) && TakeOne())
        {
        }
        lock (_gate)
        {
            if (_asked >= 0 || !IsQuestionDue())
                return;
            _asked = _spool.LastTaken;
            _sinceAsked = 0;
            _askedAt = _lastHeartbeat = Clock.GetTimestamp();
        }
        _payload.ResetWrittenCount();
        _text.Heartbeat(_payload, _uptime(), _spool.Id);
        _frames.Write(_batch, FrameKind.Text, _payload.WrittenSpan);
    }

    private bool TakeOne()
    {
        bool wasIdle = _spool.InFlightBytes == 0;
        _payload.ResetWrittenCount();
        long number = _spool.Take(_payload);
        if (number == 0)
            return false;
        if (wasIdle)
            _lastProgress = Clock.GetTimestamp();
        if (TooLarge > 0 && _payload.WrittenCount >= TooLarge)
        {
            int bytes = _payload.WrittenCount;
            _payload.ResetWrittenCount();
            _text.TooLarge(_payload, bytes);
        }
        _largest = Math.Max(_largest, _payload.WrittenCount);
        _sinceAsked += _payload.WrittenCount;
        ReportText.End(_payload, _spool.Id, number);
        _frames.Write(_batch, FrameKind.Text, _payload.WrittenSpan);
        return true;
    }

    private bool IsQuestionDue()
        => Clock.GetElapsedTime(_lastHeartbeat) >= _options.Heartbeat
            || (_spool.InFlightBytes > 0 && (Clock.GetElapsedTime(_lastHeartbeat) >= _options.AskEvery || _sinceAsked >= _options.Window / 2 || (_sinceAsked > 0 && (Hurries() || !HasProgressed))));

    /// <summary>How long there is nothing to do unless something happens.</summary>
    private TimeSpan UntilNext()
    {
        lock (_gate)
        {
            if (_asked >= 0)
                return Positive(_options.Patience - Clock.GetElapsedTime(_askedAt));
            TimeSpan since = Clock.GetElapsedTime(_lastHeartbeat);
            return Positive((_spool.InFlightBytes > 0 ? _options.AskEvery : _options.Heartbeat) - since);
        }
    }

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.FromMilliseconds(1) ? time : TimeSpan.FromMilliseconds(1);

    private async Task WriteAsync(Stream stream, CancellationToken cancellation)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(_options.Patience);
        await stream.WriteAsync(_batch.WrittenMemory, late.Token);
        await stream.FlushAsync(late.Token);
    }

    private async Task SayGoodbyeAsync(Stream stream, CancellationToken cancellation)
    {
        byte[] code = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(code, 1000);
        _batch.ResetWrittenCount();
        _frames.Write(_batch, FrameKind.Close, code);
        await WriteAsync(stream, cancellation);
    }

    private async Task ReadAsync(Stream stream, CancellationToken cancellation)
    {
        try
        {
            var reader = new FrameReader(stream);
            while (await reader.NextAsync(cancellation) is var (kind, payload))
            {
                if (!Take(kind, payload))
                    break;
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // over
        }
        finally
        {
            Volatile.Write(ref _over, true);
            _wake.Set();
        }
    }

    private bool Take(FrameKind kind, ReadOnlyMemory<byte> payload)
    {
        switch (kind)
        {
            case FrameKind.Text:
                return Take(HubAnswer.Read(payload));
            case FrameKind.Ping:
                lock (_gate)
                {
                    if (_pongs.Count < MostPongs)
                        _pongs.Enqueue(payload.ToArray());
                }
                _wake.Set();
                return true;
            case FrameKind.Close:
                if (payload.Length >= 2 && BinaryPrimitives.ReadUInt16BigEndian(payload.Span) == TooLargeClose && _largest > 0)
                    TooLarge = _largest;
                return false;
            default:
                return true;
        }
    }

    private bool Take(HubAnswer? answer)
    {
        switch (answer)
        {
            case HubAnswer.Heartbeat heartbeat:
                Arrived(heartbeat);
                return true;
            case HubAnswer.Command command:
                Commanded(command.Name);
                return true;
            case HubAnswer.Error { Code: "UNAUTHORIZED" or "FORBIDDEN" or "MAX_SESSIONS" or "CONTAINER_ID_TAKEN" or "SESSION_NOT_OPENED" or "NOT_STORED" } error:
                Dismissal = error.Text;
                Refused(error.Code, error.Text);
                return false;
            case HubAnswer.Error { Code: LineTooLarge } error:
                if (_largest > 0)
                    TooLarge = _largest;
                Refused(error.Code, error.Text);
                if (!HasProgressed)
                    return false; // it was the only one, and is sent again in other words
                LineLost();
                return true;
            case HubAnswer.Error error:
                Refused(error.Code, error.Text);
                return true;
            default:
                return true;
        }
    }

    private void Arrived(HubAnswer.Heartbeat heartbeat)
    {
        lock (_gate)
        {
            if (_asked < 0 || (heartbeat.DeliveryId is { } id && id != _spool.Id))
                return; // the hub's own sign of life, or the answer to a question about another spool
            long last = heartbeat.DeliveryId is null ? _asked : heartbeat.Last;
            _asked = -1;
            if (_spool.Acknowledge(last))
            {
                HasProgressed = true;
                _lastProgress = Clock.GetTimestamp();
            }
        }
        _wake.Set();
    }
}
