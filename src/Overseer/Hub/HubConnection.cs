// One client of the hub: a container that reports, a viewer, or both. Messages are handled in their order. Those that are only kept, which is nearly all, are gathered while more
// of them are in the receive buffer, and written together; everything else waits until that is done.

using System.Buffers;
using Microsoft.Extensions.Logging;
using Overseer.Protocols.Classic;
using Overseer.Protocols.Hub;
using Overseer.Protocols.V2;
using Overseer.Server;
using Overseer.Server.Audit;
using Overseer.Server.Channels;
using Overseer.Server.Limits;
using Overseer.Server.Trust;
using Overseer.Streams;
using Overseer.Streams.Forms;
using Overseer.Supervision;

namespace Overseer.Hub;

internal sealed class HubConnection : IServedConnection, IDisposable
{
    private const int DefaultHistory = 100;
    private const int MostUnauthorized = 3;
    private const int MostCommandBytes = 1 << 20;
    private const int NoSignOfLife = 1001;
    private static readonly TimeSpan AuthorizePatience = TimeSpan.FromSeconds(10);

    private readonly ServerContext _context;
    private readonly SessionDirectory _sessions;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly WebSocketChannel _channel;
    private readonly ConnectionPump _pump;
    private readonly ConnectionLife _life;
    private readonly HubSubscriptions _subscriptions;
    private readonly RequestRate _rate;
    private readonly ServerLimits _limits;
    private readonly int _maxLineBytes;
    private readonly HubBatch _batch = new();
    private readonly Dictionary<string, Session> _reportsFor = new(StringComparer.Ordinal);
    private readonly long _since;
    private readonly string? _watches;
    private volatile HubIdentity _identity;
    private volatile bool _capitals = true;
    private long _lastBeat;
    private int _unauthorized;
    private byte[] _currentRaw = [];
    private string _currentId = "";
    private Session? _current;

    /// <summary>Wires a connection; <see cref="RunAsync"/> serves it.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="visitor">How it came in.</param>
    /// <param name="caller">Who it is so far.</param>
    /// <param name="watches">The container that its address names; null for none.</param>
    /// <param name="channel">What carries its messages.</param>
    /// <param name="context">What connections share.</param>
    public HubConnection(long number, Visitor visitor, Caller caller, string? watches, WebSocketChannel channel, ServerContext context)
    {
        (Number, Visitor, _watches, _channel, _context, _clock, _log) = (number, visitor, watches, channel, context, context.Clock, context.Log);
        _sessions = context.Sessions;
        _limits = context.Limits;
        _maxLineBytes = Math.Min(HubBatch.MostBytes, context.MaxLineBytes);
        _identity = HubIdentity.Of(caller, caller.Token is null ? null : visitor.Token.Hash, context);
        _since = _lastBeat = _clock.GetTimestamp();
        _rate = new RequestRate(_limits.MaxRequestsPerSecond, _clock);
        _pump = new ConnectionPump(channel.Frames, _limits.MaxQueuedBytes, ProtocolProfile.V2, CursorFailed, AddSlice);
        _life = new ConnectionLife(number, channel, _pump, _log);
        _subscriptions = new HubSubscriptions(context.Streams, _limits.MaxSubscriptions) { Pump = _pump, Failed = Unreadable };
    }

    /// <inheritdoc/>
    public long Number { get; }

    /// <inheritdoc/>
    public Visitor Visitor { get; }

    /// <inheritdoc/>
    public Caller Caller => _identity.Caller;

    /// <inheritdoc/>
    public IMessageChannel Channel => _channel;

    /// <inheritdoc/>
    public IRequester? Requester => null;

    private StreamForm Form => _capitals ? StreamForm.HubCapitals : StreamForm.HubLower;

    /// <inheritdoc/>
    public async Task RunAsync()
    {
        if (_identity.IsAuthorized)
        {
            await GreetAsync();
        }

        await _life.RunAsync(ReceiveAsync);
        foreach (var session in _reportsFor.Values)
        {
            session.Leave(this);
        }

        _subscriptions.Clear();
    }

    /// <inheritdoc/>
    public void Close(ChannelEnd end) => _life.Close(end);

    /// <inheritdoc/>
    public string? ReasonToLeave(AccessControl access) => access.ReasonToLeaveHub(Visitor, Caller, _identity.Token);

    /// <inheritdoc/>
    public void Dispose() => _life.Dispose();

    /// <summary>Passes a viewer's command on to this container. From any thread.</summary>
    public void Command(ref HubMessage message)
    {
        var json = Scratch();
        HubWriter.Command(json, _capitals, ref message, _clock.GetUtcNow());
        Send(json.WrittenSpan);
    }

    /// <summary>Tells this container something. From any thread.</summary>
    public void Command(string containerId, string command)
    {
        var json = Scratch();
        HubWriter.Command(json, _capitals, containerId, _clock.GetUtcNow(), command);
        Send(json.WrittenSpan);
    }

    /// <summary>Looks whether the client lives, and shows it that the hub does. By one thread at a time.</summary>
    /// <param name="interval">Time between two heartbeats.</param>
    /// <param name="uptime">For how long the hub runs.</param>
    public void Look(TimeSpan interval, TimeSpan uptime)
    {
        if (_life.HasEnd)
        {
            return;
        }

        if (!_identity.IsAuthorized && _clock.GetElapsedTime(_since) >= AuthorizePatience)
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
        if (!_identity.IsAuthorized)
        {
            return;
        }

        var now = _clock.GetUtcNow();
        foreach (var containerId in _subscriptions.Containers)
        {
            Beat(containerId, now, uptime, delivery: null);
        }
    }

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _scratch;

    private static ArrayBufferWriter<byte> Scratch()
    {
        if (_scratch is null || _scratch.Capacity > MostCommandBytes)
        {
            _scratch = new ArrayBufferWriter<byte>(1024);
        }

        _scratch.ResetWrittenCount();
        return _scratch;
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

    private void Beat(string? containerId, DateTimeOffset now, TimeSpan uptime, (Guid Id, long Number)? delivery)
    {
        var json = Scratch();
        HubWriter.Heartbeat(json, _capitals, containerId, now, uptime, delivery);
        Send(json.WrittenSpan);
    }

    private void Send(ReadOnlySpan<byte> json)
    {
        if (!_pump.Send(json) && !_life.HasEnd)
        {
            ServerLog.Overfull(_log, Number, _limits.MaxQueuedBytes);
            Close(ChannelEnd.Overfull(_limits.MaxQueuedBytes));
        }
    }

    private void Send(HubError error, string? containerId)
    {
        var json = Scratch();
        HubWriter.Error(json, _capitals, containerId, _clock.GetUtcNow(), error);
        Send(json.WrittenSpan);
    }

    private void Refuse(HubError error, HubRequest request)
    {
        var what = new AuditedRequest(request.Problem is null ? request.Type.ToString().ToLowerInvariant() : "message", AuditText.Safe(request.ContainerId), "");
        _context.Audit.Refused(Caller, Number, what, error.Code + ": " + error.Text);
        Send(error, request.ContainerId);
    }

    private void AddSlice(List<FrameSlice> slices, StreamCursor cursor, FrameSlice slice)
    {
        if (_subscriptions.OwnOf(cursor.Stream.TaskId) is { } own)
        {
            slices.AddWithout(slice, own);
        }
        else
        {
            slices.Add(slice);
        }
    }

    private void CursorFailed(StreamCursor cursor, Exception failure)
    {
        _subscriptions.Remove(cursor.Stream.TaskId);
        Unreadable(cursor.Stream.TaskId, failure);
    }

    private void Unreadable(string containerId, Exception failure)
    {
        ServerLog.JournalUnreadable(_log, containerId, failure);
        Send(HubError.Unreadable(failure.Message), containerId);
    }

    /// <summary>Watches the container that the address names, and says that it does.</summary>
    private async Task GreetAsync()
    {
        if (_watches is null)
        {
            return;
        }

        if (StartProblem(_watches) is { } problem)
        {
            Send(HubError.BadMessage(problem), null);
            return;
        }

        var json = Scratch();
        HubWriter.Greet(json, _capitals, _watches, _clock.GetUtcNow());
        Send(json.WrittenSpan);
        await SubscribeAsync(new HubRequest { Type = HubType.Subscribe, ContainerId = _watches });
    }

    private static HubProblem? StartProblem(string containerId) => HubReader.ReadContainerId(System.Text.Json.JsonEncodedText.Encode(containerId).EncodedUtf8Bytes, out _);

    /// <summary>Handles messages until no more comes.</summary>
    private async Task ReceiveAsync()
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                var receiving = _channel.ReceiveAsync();
                if (!receiving.IsCompleted && _batch.Count > 0)
                {
                    await FlushAsync();
                }

                if (await receiving is not { } received)
                {
                    break;
                }

                // When we have said goodbye, only theirs still counts.
                if (!_life.Closing.IsCancellationRequested && !TryGather(received.Utf8.Span))
                {
                    await HandleAsync(received.Utf8);
                }
            }

            await FlushAsync();
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
            await FlushAsync();
        }
        catch (OperationCanceledException)
        {
            // The server ends.
        }
    }

    /// <summary>The short way, of logs: to the container of the message before, in the batch.</summary>
    private bool TryGather(ReadOnlySpan<byte> utf8)
    {
        if (_current is not { HasEnded: false } || HubReader.Read(utf8, out var message) is not null
            || message.Type is not (HubType.Log or HubType.Error) || message.HasToken || (message.IsLower && _capitals) || !message.ContainerId.SequenceEqual(_currentRaw))
        {
            return false;
        }

        var now = message.Timestamp.IsEmpty ? TimestampText.From(_clock.GetUtcNow()) : default;
        if (_batch.TryAdd(ref message, now, _maxLineBytes, out var isTooLarge))
        {
            return true;
        }

        // A session that has ended takes longer: that is the long way's.
        return !isTooLarge && TryWrite() && _batch.TryAdd(ref message, now, _maxLineBytes, out _);
    }

    private async ValueTask HandleAsync(ReadOnlyMemory<byte> utf8)
    {
        var request = HubRequest.Read(utf8.Span);
        await FlushAsync();
        if (request.Problem is not { Field: "" or "type" } && request.IsLower && _capitals)
        {
            _capitals = false;
            _subscriptions.Change(Form);
        }

        if (!await AuthorizeAsync(request))
        {
            return;
        }

        if (request.Problem is { } problem)
        {
            if (_rate.Take() is null)
            {
                Send(HubError.BadMessage(problem), request.ContainerId);
            }
        }
        else if (request.IsKept)
        {
            await KeepAsync(request, utf8);
        }
        else if (request.Type != HubType.Heartbeat && _rate.Take() is { } tooFast)
        {
            Refuse(HubError.TooFast(tooFast), request);
        }
        else
        {
            await AnswerAsync(request, utf8);
        }

        await _pump.Outbox.WhenRoomyAsync();
    }

    private async ValueTask AnswerAsync(HubRequest request, ReadOnlyMemory<byte> utf8)
    {
        switch (request.Type)
        {
            case HubType.Subscribe:
                await SubscribeAsync(request);
                break;
            case HubType.Unsubscribe:
                _subscriptions.Remove(request.ContainerId!);
                break;
            case HubType.Heartbeat:
                await HeartbeatAsync(request);
                break;
            case HubType.Command:
                Pass(request, utf8.Span);
                break;
            default:
                throw new InvalidOperationException($"{request.Type} is kept");
        }
    }

    /// <summary>Whether the client may do anything; a token that the message brings may make it so. Else it is told, and not for long.</summary>
    private async ValueTask<bool> AuthorizeAsync(HubRequest request)
    {
        var rules = _context.Access.Rules;
        if (request.Token is not { } brought || !rules.IsHubTokenAsked)
        {
            if (_identity.IsAuthorized)
            {
                return true;
            }
        }
        else
        {
            var hash = TokenHash.Of(brought);
            if (_identity.IsAuthorized && hash.Equals(_identity.Token))
            {
                return true;
            }

            if (rules.FindForHub(hash) is { } token)
            {
                var before = _identity;
                _identity = HubIdentity.Of(rules.CallerOf(Visitor, token), hash, _context);
                if (!before.IsAuthorized)
                {
                    await GreetAsync();
                }

                return true;
            }
        }

        _unauthorized++;
        Refuse(HubError.Unauthorized, request);
        if (_unauthorized >= MostUnauthorized)
        {
            End(ChannelEnd.NotAllowed("no valid token"));
        }

        return false;
    }

    private HubError? Refusal(Scope needed, string what)
    {
        var grant = Caller.Grant;
        return grant.Scope < needed
            ? HubError.Forbidden($"not allowed: {what} needs the scope {ScopeWord.Of(needed)}, and this connection has {ScopeWord.Of(grant.Scope)}")
            : needed > Scope.Read && _identity.View.IsLimited && !_identity.View.SeesAction(Core.Drivers.ActionCatalog.SessionName)
                ? HubError.Forbidden("not allowed: the token is limited, and sessions are beyond its reach")
                : null;
    }

    private async ValueTask SubscribeAsync(HubRequest request)
    {
        var id = request.ContainerId!;
        if (Refusal(Scope.Read, "subscribe") is { } refusal)
        {
            Refuse(refusal, request);
            return;
        }

        if (_subscriptions.Has(id) && request is { FromSeq: null, History: null })
        {
            return;
        }

        if (_identity.View.IsLimited && !_identity.View.Sees(id))
        {
            Refuse(HubError.Forbidden("not allowed: the token is limited, and this task is beyond its reach"), request);
            return;
        }

        if (!_subscriptions.HasRoomFor(id))
        {
            Refuse(HubError.TooManySubscriptions(_limits.MaxSubscriptions), request);
            return;
        }

        await _context.Streams.NumberAsync(id).WaitAsync(_life.Closing);
        try
        {
            _subscriptions.Add(id, Form, request.FromSeq, request.History ?? DefaultHistory, (from, to) => Send(HubError.Gap(from, to, "rotated"), id));
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Unreadable(id, e);
        }
    }

    private async ValueTask HeartbeatAsync(HubRequest request)
    {
        var uptime = _context.Uptime;
        if (request.ContainerId is not { } id)
        {
            Beat(null, _clock.GetUtcNow(), uptime, delivery: null);
            return;
        }

        // Whoever watches answers the hub's heartbeats with its own: these are not answered again. A container says so by its delivery.
        var watches = _subscriptions.Has(id) && !_reportsFor.ContainsKey(id);
        if (watches && request.Delivery is null)
        {
            return;
        }

        if (Refusal(Scope.Operate, "heartbeat") is null && _sessions.Find(id) is { } session)
        {
            Report(session, id);
            session.Hear();
        }

        var delivery = request.Delivery is { Id: var asked } ? await Task.Run(() => _sessions.Delivered(id, asked)) : (long?)null;
        Beat(id, _clock.GetUtcNow(), uptime, delivery is { } last ? (request.Delivery!.Value.Id, last) : null);
    }

    private void Pass(HubRequest request, ReadOnlySpan<byte> utf8)
    {
        var id = request.ContainerId!;
        if (Refusal(Scope.Operate, "command") is { } refusal)
        {
            Refuse(refusal, request);
            return;
        }

        HubReader.Read(utf8, out var message);
        var count = _sessions.Find(id)?.Command(ref message) ?? 0;
        if (count == 0)
        {
            Refuse(HubError.NoProducer, request);
            return;
        }

        _context.Audit.Done(Caller, Number, new AuditedRequest("command", AuditText.Safe(id), AuditText.Safe(request.Word)), $"passed on to {count} connections");
    }

    /// <summary>Keeps a message, and does what it brings about.</summary>
    private async ValueTask KeepAsync(HubRequest request, ReadOnlyMemory<byte> utf8)
    {
        var id = request.ContainerId!;
        if (Refusal(Scope.Operate, request.Type.ToString().ToLowerInvariant()) is { } refusal)
        {
            Refuse(refusal, request);
            return;
        }

        // One that is kept already opens no session anew, which its end has closed.
        var open = _current is { HasEnded: false } current && _currentId == id ? current : _sessions.Find(id);
        if (open is null && request.Delivery is var (whose, number) && number <= await Task.Run(() => _sessions.Delivered(id, whose)))
        {
            return;
        }

        if (open is null)
        {
            (open, var error) = await _sessions.OpenAsync(id, _life.Closing);
            if (error is not null)
            {
                Refuse(error, request);
                return;
            }
        }

        Report(open!, id);
        if (!TryBatch(utf8.Span, out var isTooLarge))
        {
            if (isTooLarge)
            {
                Refuse(HubError.TooLarge(_maxLineBytes), request);
            }

            return;
        }

        if (request.Type is HubType.Log or HubType.Error)
        {
            return;
        }

        if (await FlushAsync() is not { } kept)
        {
            return;
        }

        if (request is { Type: HubType.Status, Word: { } status })
        {
            kept.SetStatus(status);
        }
        else if (request.Type == HubType.Complete)
        {
            kept.Complete(request.ExitCode);
        }
    }

    private bool TryBatch(ReadOnlySpan<byte> utf8, out bool isTooLarge)
    {
        HubReader.Read(utf8, out var message);
        _currentRaw = message.ContainerId.ToArray();
        return _batch.TryAdd(ref message, TimestampText.From(_clock.GetUtcNow()), _maxLineBytes, out isTooLarge);
    }

    private void Report(Session session, string containerId)
    {
        if (_reportsFor.GetValueOrDefault(containerId) != session)
        {
            foreach (var ended in _reportsFor.Where(pair => pair.Value.HasEnded).Select(pair => pair.Key).ToArray())
            {
                _reportsFor.Remove(ended);
            }

            _reportsFor[containerId] = session;
            session.Enter(this);
        }

        if (_currentId != containerId)
        {
            _currentRaw = [];
        }

        (_current, _currentId) = (session, containerId);
    }

    /// <summary>Writes the batch where that needs no waiting for a session.</summary>
    private bool TryWrite()
    {
        var outcome = _current!.Write(_batch, _subscriptions.OwnOf(_currentId));
        if (outcome is WriteOutcome.Ended)
        {
            return false;
        }

        EndBatch(outcome);
        return true;
    }

    private void EndBatch(WriteOutcome outcome)
    {
        _batch.Clear();
        if (outcome is WriteOutcome.Failed { Error: var why })
        {
            Send(why, _currentId);
        }
    }

    /// <summary>Writes what is gathered. Gives the session that has it; null when nothing of it is new, or it could not be kept.</summary>
    private async ValueTask<Session?> FlushAsync()
    {
        while (_batch.Count > 0)
        {
            var outcome = _current!.Write(_batch, _subscriptions.OwnOf(_currentId));
            if (outcome is WriteOutcome.Ended)
            {
                var (session, error) = await _sessions.OpenAsync(_currentId, _life.Closing);
                if (error is null)
                {
                    Report(session!, _currentId);
                    continue;
                }

                outcome = new WriteOutcome.Failed(error);
            }

            EndBatch(outcome);
            return outcome is WriteOutcome.Kept { Count: > 0 } ? _current : null;
        }

        return null;
    }
}
