using Microsoft.Extensions.Logging;
using Overseer.Metrics;
using Overseer.Protocols.Classic;
using Overseer.Protocols.Hub;
using Overseer.Server;
using Overseer.Server.Channels;
using Overseer.Server.Limits;
using Overseer.Server.Trust;
using Overseer.Supervision;

namespace Overseer.Hub;

/// <summary>
/// One client of the hub: a container that reports (<see cref="HubProducer"/>), a viewer (<see cref="HubViewer"/>), or both. Reads its messages and has them handled in their order.
/// </summary>
internal sealed class HubConnection : IServedConnection, IDisposable
{
    private const int NoSignOfLife = 1001;
    private static readonly TimeSpan AuthorizePatience = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly WebSocketChannel _channel;
    private readonly ConnectionPump _pump;
    private readonly ConnectionLife _life;
    private readonly HubVoice _voice;
    private readonly HubGate _gate;
    private readonly HubViewer _viewer;
    private readonly HubProducer _producer;
    private readonly RequestRate _rate;
    private readonly HubCounts _counts;
    private readonly long _since;
    private readonly string? _watches;
    private long _lastBeat;

    /// <summary>Wires a connection; <see cref="RunAsync"/> serves it.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="visitor">How it came in.</param>
    /// <param name="caller">Who it is so far.</param>
    /// <param name="watches">The container that its address names; null for none.</param>
    /// <param name="channel">What carries its messages.</param>
    /// <param name="context">What connections share.</param>
    public HubConnection(long number, Visitor visitor, Caller caller, string? watches, WebSocketChannel channel, ServerContext context)
    {
        (Number, Visitor, _watches, _channel, _clock, _log) = (number, visitor, watches, channel, context.Clock, context.Log);
        _since = _lastBeat = _clock.GetTimestamp();
        _counts = context.Metrics.Hub;
        var limits = context.Limits;
        _rate = new RequestRate(limits.MaxRequestsPerSecond, _clock);
        _pump = new ConnectionPump(
            channel.Frames,
            limits.MaxQueuedBytes,
            ProtocolProfile.V2,
            (cursor, failure) => _viewer!.CursorFailed(cursor, failure),
            (slices, cursor, slice) => _viewer!.AddSlice(slices, cursor, slice));
        _life = new ConnectionLife(number, channel, _pump, _log);
        _voice = new HubVoice(number, _pump, _life, context, limits.MaxQueuedBytes);
        _gate = new HubGate(number, visitor, caller, _voice, context);
        _viewer = new HubViewer(context, _gate, _voice, _pump, limits.MaxSubscriptions, _life.Closing);
        _producer = new HubProducer(context, _gate, _voice, _viewer.Subscriptions, _life);
    }

    /// <inheritdoc/>
    public long Number { get; }

    /// <inheritdoc/>
    public Visitor Visitor { get; }

    /// <inheritdoc/>
    public Caller Caller => _gate.Caller;

    /// <inheritdoc/>
    public IMessageChannel Channel => _channel;

    /// <inheritdoc/>
    public IRequester? Requester => null;

    /// <summary>What it is there for, as far as it has shown.</summary>
    public HubRole Role => (_gate.IsAuthorized, _producer.Reports, !_viewer.Subscriptions.IsEmpty) switch
    {
        (false, _, _) => HubRole.Unauthenticated,
        (_, true, true) => HubRole.Both,
        (_, true, false) => HubRole.Producer,
        (_, false, true) => HubRole.Viewer,
        _ => HubRole.Idle,
    };

    /// <inheritdoc/>
    public async Task RunAsync()
    {
        if (_gate.IsAuthorized)
        {
            await GreetAsync();
        }

        await _life.RunAsync(ReceiveAsync);
        _producer.Leave();
        _viewer.Subscriptions.Clear();
    }

    /// <inheritdoc/>
    public void Close(ChannelEnd end) => _life.Close(end);

    /// <inheritdoc/>
    public string? ReasonToLeave(AccessControl access) => access.ReasonToLeaveHub(Visitor, Caller, _gate.Token);

    /// <inheritdoc/>
    public void Dispose() => _life.Dispose();

    /// <summary>Looks whether the client lives, and shows it that the hub does. By one thread at a time.</summary>
    /// <param name="interval">Time between two heartbeats.</param>
    public void Look(TimeSpan interval)
    {
        if (_life.HasEnd)
        {
            return;
        }

        if (!_gate.IsAuthorized && _clock.GetElapsedTime(_since) >= AuthorizePatience)
        {
            End(ChannelEnd.NotAllowed("no valid token came in time"));
            return;
        }

        // A ping that waits behind a long write says nothing of the client; that it takes nothing of the write does.
        if (_channel.Stalled >= interval * 2 || (_channel.Unheard >= interval * 2 && _channel.Unanswered >= interval))
        {
            End(new ChannelEnd((System.Net.WebSockets.WebSocketCloseStatus)NoSignOfLife, "no sign of life", Drain: false));
            return;
        }

        if (_clock.GetElapsedTime(_lastBeat) < interval)
        {
            return;
        }

        _lastBeat = _clock.GetTimestamp();
        _ = PingAsync();
        if (_gate.IsAuthorized)
        {
            _viewer.Beat();
        }
    }

    private async Task PingAsync()
    {
        try
        {
            await _channel.PingAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            _channel.Abort();
        }
    }

    private void End(ChannelEnd end)
    {
        HubLog.Closed(_log, Number, end.Reason ?? "");
        Close(end);
    }

    private ValueTask GreetAsync() => _watches is null ? ValueTask.CompletedTask : _viewer.GreetAsync(_watches);

    /// <summary>Handles messages until no more comes.</summary>
    private async Task ReceiveAsync()
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                var receiving = _channel.ReceiveAsync();
                if (!receiving.IsCompleted && _producer.HasGathered)
                {
                    await _producer.FlushAsync();
                }

                if (await receiving is not { } received)
                {
                    break;
                }

                // When we have said goodbye, only theirs still counts.
                if (!_life.Closing.IsCancellationRequested && !_producer.TryGather(received.Utf8.Span))
                {
                    await HandleAsync(received.Utf8);
                }
            }

            await _producer.FlushAsync();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            ServerLog.Broke(_log, Number, e.Message);
            await KeepLastAsync();
        }
    }

    // What came before the connection broke came all the same.
    private async Task KeepLastAsync()
    {
        try
        {
            await _producer.FlushAsync();
        }
        catch (OperationCanceledException)
        {
            // The server ends.
        }
    }

    private async ValueTask HandleAsync(ReadOnlyMemory<byte> utf8)
    {
        var request = HubRequest.Read(utf8.Span);
        await _producer.FlushAsync();
        var isKnown = request.Problem is not { Field: "" or "type" };
        _counts.Heard(isKnown ? request.Type : null);
        if (isKnown && request.IsLower && _voice.Capitals)
        {
            _voice.Lower();
            _viewer.Subscriptions.Change(_voice.Form);
        }

        if (!await AdmitAsync(request))
        {
            return;
        }

        if (request.Problem is { } problem)
        {
            if (_rate.Take() is null)
            {
                _voice.Error(HubError.BadMessage(problem), request.ContainerId);
            }
        }
        else if (request.IsKept)
        {
            await _producer.KeepAsync(request, utf8);
        }
        else if (request.Type != HubType.Heartbeat && _rate.Take() is { } tooFast)
        {
            _gate.Refuse(HubError.TooFast(tooFast), request);
        }
        else
        {
            await AnswerAsync(request, utf8);
        }

        await _pump.Outbox.WhenRoomyAsync();
    }

    private async ValueTask<bool> AdmitAsync(HubRequest request)
    {
        var before = _gate.IsAuthorized;
        if (!_gate.Admit(request))
        {
            _producer.Refused(request, HubError.Unauthorized);
            if (_gate.IsShut)
            {
                End(ChannelEnd.NotAllowed("no valid token"));
            }

            return false;
        }

        if (!before)
        {
            await GreetAsync();
        }

        return true;
    }

    private async ValueTask AnswerAsync(HubRequest request, ReadOnlyMemory<byte> utf8)
    {
        switch (request.Type)
        {
            case HubType.Subscribe:
                await _viewer.SubscribeAsync(request);
                break;
            case HubType.Unsubscribe:
                _viewer.Subscriptions.Remove(request.ContainerId!);
                break;
            case HubType.Heartbeat:
                await _producer.HeartbeatAsync(request);
                break;
            case HubType.Command:
                _viewer.Command(request, utf8.Span);
                break;
            default:
                throw new InvalidOperationException($"{request.Type} is kept");
        }
    }
}
