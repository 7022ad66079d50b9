// What one connection reports. Messages that are only kept, which is nearly all, are gathered while more of them are in the receive buffer, and written together; everything else waits until
// that is done.

using Overseer.Protocols.Hub;
using Overseer.Protocols.V2;
using Overseer.Server;
using Overseer.Server.Channels;
using Overseer.Server.Trust;

namespace Overseer.Hub;

/// <summary>What one connection reports, of one container or of several. Its messages come one at a time.</summary>
/// <param name="context">What connections share.</param>
/// <param name="gate">Says what it may.</param>
/// <param name="voice">Answers it; sessions send it commands by this.</param>
/// <param name="watched">What the connection watches: it does not get back what it says itself.</param>
/// <param name="life">Ends what it waits for.</param>
internal sealed class HubProducer(ServerContext context, HubGate gate, HubVoice voice, HubSubscriptions watched, ConnectionLife life)
{
    private readonly int _maxLineBytes = Math.Min(HubBatch.MostBytes, context.MaxLineBytes);
    private readonly HubBatch _batch = new();
    private readonly RefusedDeliveries _refused = new();
    private readonly Dictionary<string, Session> _reportsFor = new(StringComparer.Ordinal);
    private byte[] _currentRaw = [];
    private string _currentId = "";
    private Session? _current;
    private volatile bool _reports;

    /// <summary>Whether it has reported for a container. Asked by anybody.</summary>
    public bool Reports => _reports;

    /// <summary>Whether something is gathered that is not written.</summary>
    public bool HasGathered => _batch.Count > 0;

    /// <summary>The short way, of logs: to the container of the message before, in the batch. False when the message has to go the long way.</summary>
    public bool TryGather(ReadOnlySpan<byte> utf8)
    {
        if (_current is not { HasEnded: false } || HubReader.Read(utf8, out var message) is not null
            || message.Type is not (HubType.Log or HubType.Error) || message.HasToken || (message.IsLower && voice.Capitals) || !message.ContainerId.SequenceEqual(_currentRaw)
            || MayStandStill(ref message))
        {
            return false;
        }

        var now = message.Timestamp.IsEmpty ? TimestampText.From(context.Clock.GetUtcNow()) : default;

        // A session that has ended takes longer: that is the long way's. So does what comes behind a batch that is refused.
        if (!_batch.TryAdd(ref message, now, _maxLineBytes, out var isTooLarge)
            && (isTooLarge || !TryWrite() || MayStandStill(ref message) || !_batch.TryAdd(ref message, now, _maxLineBytes, out _)))
        {
            return false;
        }

        context.Metrics.Hub.Heard(message.Type);
        return true;
    }

    /// <summary>The long way: keeps a message, and does what it brings about. Nothing is gathered.</summary>
    /// <param name="request">The message.</param>
    /// <param name="utf8">As it came.</param>
    public async ValueTask KeepAsync(HubRequest request, ReadOnlyMemory<byte> utf8)
    {
        var id = request.ContainerId!;
        if (gate.Refusal(Scope.Operate, request.Type.ToString().ToLowerInvariant()) is { } refusal)
        {
            Refuse(refusal, request);
            return;
        }

        if (request.Delivery is not null && life.HasEnd)
        {
            // What was refused last may not be known any more: this one is not confirmed either, and comes again.
            return;
        }

        if (request.Delivery is { } delivery && await _refused.ReasonAsync(id, delivery, () => DeliveredAsync(id, delivery.Id)) is { } reason)
        {
            voice.Error(reason, id);
            return;
        }

        // One that is kept already opens no session anew, which its end has closed.
        var open = _current is { HasEnded: false } current && _currentId == id ? current : context.Sessions.Find(id);
        if (open is null && request.Delivery is var (whose, number) && number <= await DeliveredAsync(id, whose))
        {
            return;
        }

        if (open is null)
        {
            (open, var error) = await context.Sessions.OpenAsync(id, life.Closing);
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
                // Sent again it would be no smaller: its number is spent.
                gate.Refuse(HubError.TooLarge(_maxLineBytes), request);
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

    /// <summary>A sign of life, which is answered; with how far a delivery is kept, when it asks. Nothing is gathered.</summary>
    public async ValueTask HeartbeatAsync(HubRequest request)
    {
        if (request.ContainerId is not { } id)
        {
            voice.Beat(null);
            return;
        }

        // Whoever watches answers the hub's heartbeats with its own: these are not answered again. A container says so by its delivery.
        if (watched.Has(id) && !_reportsFor.ContainsKey(id) && request.Delivery is null)
        {
            return;
        }

        if (gate.Refusal(Scope.Operate, "heartbeat") is null && context.Sessions.Find(id) is { } session)
        {
            Report(session, id);
            session.Hear();
        }

        if (request.Delivery is not { Id: var asked })
        {
            voice.Beat(id);
            return;
        }

        voice.Beat(id, (asked, await DeliveredAsync(id, asked)));
    }

    /// <summary>A message was refused before it came here.</summary>
    public void Refused(HubRequest request, HubError error)
    {
        if (request is { Problem: null, IsKept: true, Delivery: { } delivery })
        {
            StandStill(request.ContainerId!, delivery, error);
        }
    }

    /// <summary>Writes what is gathered. Gives the session that has it; null when nothing of it is new, or it could not be kept.</summary>
    public async ValueTask<Session?> FlushAsync()
    {
        while (_batch.Count > 0)
        {
            var outcome = Write();
            if (outcome is WriteOutcome.Ended)
            {
                var (session, error) = await context.Sessions.OpenAsync(_currentId, life.Closing);
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

    /// <summary>The connection has ended.</summary>
    public void Leave()
    {
        foreach (var session in _reportsFor.Values)
        {
            session.Leave(voice);
        }
    }

    // The journal may have to be read for it.
    private Task<long> DeliveredAsync(string containerId, Guid id) => Task.Run(() => context.Sessions.Delivered(containerId, id));

    private void Refuse(HubError error, HubRequest request)
    {
        gate.Refuse(error, request);
        Refused(request, error);
    }

    private bool MayStandStill(ref HubMessage message) => message.Delivery is not null && !_refused.IsEmpty;

    private void StandStill(string containerId, (Guid Id, long Number) message, HubError error)
    {
        if (!_refused.TryAdd(containerId, message, error))
        {
            // Whatever was not confirmed comes again by another connection.
            life.Close(ChannelEnd.NotAllowed("too many deliveries were refused"));
        }
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
            session.Enter(voice);
        }

        if (_currentId != containerId)
        {
            _currentRaw = [];
        }

        (_current, _currentId, _reports) = (session, containerId, true);
    }

    private bool TryBatch(ReadOnlySpan<byte> utf8, out bool isTooLarge)
    {
        HubReader.Read(utf8, out var message);
        _currentRaw = message.ContainerId.ToArray();
        return _batch.TryAdd(ref message, TimestampText.From(context.Clock.GetUtcNow()), _maxLineBytes, out isTooLarge);
    }

    /// <summary>Writes the batch where that needs no waiting for a session.</summary>
    private bool TryWrite()
    {
        var outcome = Write();
        if (outcome is WriteOutcome.Ended)
        {
            return false;
        }

        EndBatch(outcome);
        return true;
    }

    private WriteOutcome Write() => _current!.Write(_batch, watched.OwnOf(_currentId));

    private void EndBatch(WriteOutcome outcome)
    {
        if (outcome is WriteOutcome.Failed { Error: var why })
        {
            voice.Error(why, _currentId);
            foreach (var message in _batch.Numbered)
            {
                StandStill(_currentId, message, why);
            }
        }

        _batch.Clear();
    }
}
