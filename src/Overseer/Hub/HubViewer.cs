using Overseer.Protocols.Hub;
using Overseer.Protocols.V2;
using Overseer.Server;
using Overseer.Server.Audit;
using Overseer.Server.Trust;
using Overseer.Streams;

namespace Overseer.Hub;

/// <summary>What one connection asks of the containers that it watches, and what it gets of them. Its requests come one at a time.</summary>
internal sealed class HubViewer
{
    private const int DefaultHistory = 100;

    private readonly ServerContext _context;
    private readonly HubGate _gate;
    private readonly HubVoice _voice;
    private readonly CancellationToken _closing;
    private readonly int _most;

    /// <summary>Watches nothing yet.</summary>
    /// <param name="context">What connections share.</param>
    /// <param name="gate">Says what it may.</param>
    /// <param name="voice">Answers it.</param>
    /// <param name="pump">Sends what containers say.</param>
    /// <param name="most">How many containers it may watch.</param>
    /// <param name="closing">Ends what it waits for.</param>
    public HubViewer(ServerContext context, HubGate gate, HubVoice voice, ConnectionPump pump, int most, CancellationToken closing)
    {
        (_context, _gate, _voice, _most, _closing) = (context, gate, voice, most, closing);
        Subscriptions = new HubSubscriptions(context.Streams, most) { Pump = pump, Failed = Unreadable };
    }

    /// <summary>What it watches.</summary>
    public HubSubscriptions Subscriptions { get; }

    /// <summary>Watches the container that the connection's address names, and says that it does.</summary>
    public async ValueTask GreetAsync(string containerId)
    {
        if (HubReader.ReadContainerId(System.Text.Json.JsonEncodedText.Encode(containerId).EncodedUtf8Bytes, out _) is { } problem)
        {
            _voice.Error(HubError.BadMessage(problem), null);
            return;
        }

        _voice.Greet(containerId);
        await SubscribeAsync(new HubRequest { Type = HubType.Subscribe, ContainerId = containerId });
    }

    /// <summary>Watches a container.</summary>
    public async ValueTask SubscribeAsync(HubRequest request)
    {
        var id = request.ContainerId!;
        if (_gate.Refusal(Scope.Read, "subscribe") is { } refusal)
        {
            _gate.Refuse(refusal, request);
            return;
        }

        if (Subscriptions.Has(id) && request is { FromSeq: null, History: null })
        {
            return;
        }

        if (!_gate.Sees(id))
        {
            _gate.Refuse(HubError.Forbidden("not allowed: the token is limited, and this task is beyond its reach"), request);
            return;
        }

        if (!Subscriptions.HasRoomFor(id))
        {
            _gate.Refuse(HubError.TooManySubscriptions(_most), request);
            return;
        }

        await _context.Streams.NumberAsync(id).WaitAsync(_closing);
        try
        {
            Subscriptions.Add(id, _voice.Form, request.FromSeq, request.History ?? DefaultHistory, (from, to) => _voice.Error(HubError.Gap(from, to, "rotated"), id));
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Unreadable(id, e);
        }
    }

    /// <summary>Passes a command on to whoever reports for the container.</summary>
    /// <param name="request">The command.</param>
    /// <param name="utf8">As it came.</param>
    public void Command(HubRequest request, ReadOnlySpan<byte> utf8)
    {
        var id = request.ContainerId!;
        if (_gate.Refusal(Scope.Operate, "command") is { } refusal)
        {
            _gate.Refuse(refusal, request);
            return;
        }

        HubReader.Read(utf8, out var message);
        var count = _context.Sessions.Find(id)?.Command(ref message) ?? 0;
        if (count == 0)
        {
            _gate.Refuse(HubError.NoProducer, request);
            return;
        }

        _gate.Done(new AuditedRequest("command", AuditText.Safe(id), AuditText.Safe(request.Word)), $"passed on to {count} connections");
    }

    /// <summary>Tells it, of each container that it watches, that the hub lives.</summary>
    public void Beat()
    {
        foreach (var containerId in Subscriptions.Containers)
        {
            _voice.Beat(containerId);
        }
    }

    /// <summary>Adds what a cursor took to what is sent, without what the connection has said itself.</summary>
    public void AddSlice(List<FrameSlice> slices, StreamCursor cursor, FrameSlice slice)
    {
        if (Subscriptions.OwnOf(cursor.Stream.TaskId) is { } own)
        {
            slices.AddWithout(slice, own);
        }
        else
        {
            slices.Add(slice);
        }
    }

    /// <summary>A container is watched no longer: its journal cannot be read.</summary>
    public void CursorFailed(StreamCursor cursor, Exception failure)
    {
        Subscriptions.Remove(cursor.Stream.TaskId);
        Unreadable(cursor.Stream.TaskId, failure);
    }

    private void Unreadable(string containerId, Exception failure)
    {
        ServerLog.JournalUnreadable(_context.Log, containerId, failure);
        _voice.Error(HubError.Unreadable(failure.Message), containerId);
    }
}
