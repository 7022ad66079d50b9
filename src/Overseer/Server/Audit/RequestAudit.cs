using Overseer.Core.Tasks;
using Overseer.Protocols.V2;
using Overseer.Server.Trust;

namespace Overseer.Server.Audit;

/// <summary>
/// The audit of one connection's requests that change something, and of those that are refused. A line is written when the outcome is known; a stop, which nothing
/// answers that succeeds, when it is passed on. Thread-safe.
/// </summary>
internal sealed class RequestAudit(Caller caller, long connection, ServerContext context)
{
    private const int MostWaiting = 8192;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Waiting> _waiting = new(StringComparer.Ordinal);

    /// <summary>A request was refused before anybody looked at it.</summary>
    public void Refused(ClientMessage message, string reason) => context.Audit.Refused(caller, connection, AuditedRequest.Of(message, context.Actions), reason);

    /// <summary>A request that changes something is about to be handled.</summary>
    public void Asked(ClientMessage message)
    {
        var request = AuditedRequest.Of(message, context.Actions);
        if (message is StopMessage stop && WillStop(stop))
        {
            context.Audit.Done(caller, connection, request, "passed on");
            return;
        }

        lock (_gate)
        {
            if (_waiting.Count < MostWaiting)
            {
                _waiting[message.Id] = new Waiting(request, _waiting.GetValueOrDefault(message.Id));
                return;
            }
        }

        context.Audit.Done(caller, connection, request, "passed on");
    }

    /// <summary>The engine has answered a request.</summary>
    public void Answered(string id, EngineReply reply)
    {
        if (Take(id) is not { } request)
        {
            return;
        }

        if (reply is EngineReply.Failed failed)
        {
            context.Audit.Refused(caller, connection, request, failed.Message);
            return;
        }

        context.Audit.Done(caller, connection, request, reply switch
        {
            EngineReply.Started { Event: var started } => $"started task {started.TaskId}, pid {started.Pid}",
            EngineReply.Queued { Event: var queued } => $"queued task {queued.TaskId}",
            EngineReply.Purged purged => $"{purged.Count} tasks",
            _ => "done",
        });
    }

    /// <summary>A request was answered without the engine.</summary>
    public void Answered(string id, ServerMessage answer)
    {
        if (Take(id) is not { } request)
        {
            return;
        }

        switch (answer)
        {
            case ErrorMessage error:
                context.Audit.Refused(caller, connection, request, error.Message);
                break;
            case ReloadedMessage { Applied: false } reloaded:
                context.Audit.Refused(caller, connection, request, string.Join("; ", reloaded.Errors));
                break;
            case ReloadedMessage reloaded:
                context.Audit.Done(caller, connection, request, $"{reloaded.Changes.Count} changes");
                break;
            default:
                context.Audit.Done(caller, connection, request, "done");
                break;
        }
    }

    private bool WillStop(StopMessage stop)
    {
        var engine = context.Supervisor.Engine;
        var task = stop.TaskId is { } id ? engine.Find(id) : engine.FindByPid(stop.Pid ?? 0);
        return task is { Phase: not TaskPhase.Ended };
    }

    private AuditedRequest? Take(string id)
    {
        lock (_gate)
        {
            if (!_waiting.Remove(id, out var waiting))
            {
                return null;
            }

            if (waiting.Earlier is { } earlier)
            {
                _waiting[id] = earlier;
            }

            return waiting.Request;
        }
    }

    /// <summary>A request, and those before it that had the same id.</summary>
    private sealed record Waiting(AuditedRequest Request, Waiting? Earlier);
}
