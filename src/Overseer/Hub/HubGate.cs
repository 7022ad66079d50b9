using Overseer.Protocols.Hub;
using Overseer.Server;
using Overseer.Server.Audit;
using Overseer.Server.Trust;

namespace Overseer.Hub;

/// <summary>Who one connection is, and what it may do; any message can bring the token that changes it. Asked by the connection's messages, one at a time; read by anybody.</summary>
/// <param name="number">The connection.</param>
/// <param name="visitor">How it came in.</param>
/// <param name="caller">Who it is so far.</param>
/// <param name="voice">Says what is refused.</param>
/// <param name="context">What connections share.</param>
internal sealed class HubGate(long number, Visitor visitor, Caller caller, HubVoice voice, ServerContext context)
{
    private const int MostRefusals = 3;

    private volatile HubIdentity _identity = HubIdentity.Of(caller, caller.Token is null ? null : visitor.Token.Hash, context);
    private int _refusals;

    /// <summary>Who it is.</summary>
    public Caller Caller => _identity.Caller;

    /// <summary>By which token; null for none.</summary>
    public TokenHash? Token => _identity.Token;

    /// <summary>Whether it may do anything.</summary>
    public bool IsAuthorized => _identity.IsAuthorized;

    /// <summary>Whether it has tried too often without a valid token.</summary>
    public bool IsShut => _refusals >= MostRefusals;

    /// <summary>Whether it may do anything, now that it has said this: a token that the message brings may make it so. Else it is told.</summary>
    public bool Admit(HubRequest request)
    {
        var rules = context.Access.Rules;
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
                _identity = HubIdentity.Of(rules.CallerOf(visitor, token), hash, context);
                return true;
            }
        }

        _refusals++;
        Refuse(HubError.Unauthorized, request);
        return false;
    }

    /// <summary>Why it may not do that; null when it may.</summary>
    /// <param name="needed">What it takes.</param>
    /// <param name="what">Its name.</param>
    public HubError? Refusal(Scope needed, string what)
    {
        var grant = Caller.Grant;
        return grant.Scope < needed
            ? HubError.Forbidden($"not allowed: {what} needs the scope {ScopeWord.Of(needed)}, and this connection has {ScopeWord.Of(grant.Scope)}")
            : needed > Scope.Read && _identity.View.IsLimited && !_identity.View.SeesAction(Core.Drivers.ActionCatalog.SessionName)
                ? HubError.Forbidden("not allowed: the token is limited, and sessions are beyond its reach")
                : null;
    }

    /// <summary>Whether it may know of a task.</summary>
    public bool Sees(string taskId) => !_identity.View.IsLimited || _identity.View.Sees(taskId);

    /// <summary>Tells it that something is not done, and has that written down.</summary>
    public void Refuse(HubError error, HubRequest request)
    {
        var what = new AuditedRequest(request.Problem is null ? request.Type.ToString().ToLowerInvariant() : "message", AuditText.Safe(request.ContainerId), "");
        context.Audit.Refused(Caller, number, what, error.Code + ": " + error.Text);
        voice.Error(error, request.ContainerId);
    }

    /// <summary>Has written down what it did.</summary>
    public void Done(AuditedRequest what, string outcome) => context.Audit.Done(Caller, number, what, outcome);
}
