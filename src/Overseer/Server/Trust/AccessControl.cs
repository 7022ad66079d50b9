using System.Net;
using Microsoft.AspNetCore.Http;
using Overseer.Server.Audit;
using Overseer.Server.Http;
using Overseer.Server.Proxies;

namespace Overseer.Server.Trust;

/// <summary>Holds the rules that are in force, and weighs requests by them. Thread-safe.</summary>
internal sealed class AccessControl(AccessRules rules, AuditLog audit)
{
    private const string Challenge = "Bearer realm=\"overseer\"";
    private volatile AccessRules _rules = rules;

    /// <summary>The rules in force.</summary>
    public AccessRules Rules => _rules;

    /// <summary>Decides by other rules from now on.</summary>
    public void Replace(AccessRules rules) => _rules = rules;

    /// <summary>Why a connection that was let in before must end; null when it may stay as it is.</summary>
    public string? ReasonToLeave(Visitor visitor, Caller caller) => _rules.Weigh(visitor) switch
    {
        _ when visitor.IsVouchedFor && !_rules.Proxies.Include(visitor.Peer) => "the proxy is not trusted any more",
        Admission.Refused { Status: HttpStatusCode.Unauthorized } => "the token is not valid any more",
        Admission.Refused => "not allowed any more",
        Admission.Granted { Caller.Grant: { Scope: Scope.None } } => "a token is needed now",
        Admission.Granted { Caller.Grant: var now } when !now.Includes(caller.Grant) => "the token allows less now; connect again",
        _ => null,
    };

    /// <summary>Why a connection of the hub must end; null when it may stay as it is.</summary>
    /// <param name="visitor">How it came in.</param>
    /// <param name="caller">Who it is by now.</param>
    /// <param name="token">The token by which it is that; null for none.</param>
    public string? ReasonToLeaveHub(Visitor visitor, Caller caller, TokenHash? token)
    {
        var now = token is null ? null : _rules.FindForHub(token);
        return _rules.WeighForHub(token is null ? visitor : visitor with { Token = new PresentedToken(token, IsGiven: true) }) switch
        {
            _ when _rules.Hub is null => "the hub is not served any more",
            _ when visitor.IsVouchedFor && !_rules.Proxies.Include(visitor.Peer) => "the proxy is not trusted any more",
            Admission.Refused { Status: HttpStatusCode.Unauthorized } => "the token is not valid any more",
            Admission.Refused => "not allowed any more",
            Admission.Granted { Caller.Grant.Scope: Scope.None } when caller.Grant.Scope > Scope.None => "a token is needed now",
            Admission.Granted granted when !(now?.Grant ?? granted.Caller.Grant).Includes(caller.Grant) => "the token allows less now; connect again",
            _ => null,
        };
    }

    /// <summary>Who a request comes from, if it may come in; else null, and it is answered.</summary>
    /// <param name="http">The request.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="toHub">Whether it wants to the hub.</param>
    public async Task<(Visitor Visitor, Caller Caller)?> AdmitAsync(HttpContext http, RequestSource source, bool toHub = false)
    {
        var visitor = VisitorFinder.Of(http, source);
        switch (toHub ? _rules.WeighForHub(visitor) : _rules.Weigh(visitor))
        {
            case Admission.Granted granted:
                return (visitor, granted.Caller);
            case Admission.Refused { Status: HttpStatusCode.Unauthorized } refused:
                audit.Refused(refused.Caller, 0, AuditedRequest.Connect(http.Request.Path), refused.Reason);
                await UnauthorizedAsync(http, Challenge + ", error=\"invalid_token\"", "unauthorized: the token is not valid");
                return null;
            case Admission.Refused refused:
                audit.Refused(refused.Caller, 0, AuditedRequest.Connect(http.Request.Path), refused.Reason);
                await http.TextAsync(StatusCodes.Status403Forbidden, "forbidden");
                return null;
            default:
                throw new InvalidOperationException("there is no third verdict");
        }
    }

    /// <summary>Whether a caller may read what covers all tasks, or with a limited token what its actions are; else it is answered.</summary>
    /// <param name="http">The request.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="everything">Whether what is asked for cannot be cut down to what a limited token reaches.</param>
    public async Task<bool> MayReadAsync(HttpContext http, Caller caller, bool everything)
    {
        if (caller.Grant.Scope == Scope.None)
        {
            audit.Refused(caller, 0, AuditedRequest.Connect(http.Request.Path), "no token");
            await UnauthorizedAsync(http, Challenge, "unauthorized: a token is needed (Authorization: Bearer TOKEN, subprotocol overseer.token.TOKEN, or ?token=TOKEN)");
            return false;
        }

        if (everything && caller.Grant.IsLimited)
        {
            audit.Refused(caller, 0, AuditedRequest.Connect(http.Request.Path), $"the page covers all tasks, and the token is limited ({caller.Grant})");
            await http.TextAsync(StatusCodes.Status403Forbidden, "forbidden: this page covers all tasks, and the token is limited to some actions or tags");
            return false;
        }

        return true;
    }

    private static Task UnauthorizedAsync(HttpContext http, string challenge, string text)
    {
        http.Response.Headers.WWWAuthenticate = challenge;
        return http.TextAsync(StatusCodes.Status401Unauthorized, text);
    }
}
