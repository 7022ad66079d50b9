using System.Net;
using Overseer.Configuration;
using Overseer.Server.Proxies;

namespace Overseer.Server.Trust;

// The order counts. Who is outside trusted_cidrs learns nothing, not even whether its token is right. A wrong token is refused even where none
// is needed: whoever sends one takes himself for somebody else. A valid one stands in for the origin, for no foreign page has one; it does not stand in for
// the host, since a page whose name was rebound to this address may have been given one for another server.

/// <summary>Everything that decides who may come in and that a reload can replace. Immutable; safe from all threads.</summary>
internal sealed record AccessRules
{
    /// <summary>By address.</summary>
    public required PeerFilter Peers { get; init; }

    /// <summary>Web pages.</summary>
    public required OriginPolicy Origins { get; init; }

    /// <summary>Proxies.</summary>
    public required TrustedProxies Proxies { get; init; }

    /// <summary>The tokens that are valid.</summary>
    public TokenSet Tokens { get; init; } = TokenSet.Empty;

    /// <summary>The hub; null where it is not served.</summary>
    public HubRules? Hub { get; init; }

    /// <summary>The rules of a configuration.</summary>
    public static AccessRules Of(OverseerConfiguration configuration) => new()
    {
        Peers = PeerFilter.Create(configuration.TrustedCidrs),
        Origins = new OriginPolicy(configuration.AllowedOrigins, configuration.AllowedHosts),
        Proxies = configuration.TrustedProxies,
        Tokens = new TokenSet(configuration.Tokens),
        Hub = HubRules.Of(configuration.Hub),
    };

    /// <summary>Whether somebody may come in. Who brings no token where one is asked for may, and then may do nothing: see <see cref="Grant.Nothing"/>.</summary>
    public Admission Weigh(Visitor visitor)
    {
        var token = visitor.Token.Hash is { } hash ? Tokens.Find(hash) : null;
        var caller = CallerOf(visitor, token);
        if (visitor.Source.Problem is { } problem)
        {
            return new Admission.Refused(caller, HttpStatusCode.Forbidden, problem);
        }

        if (visitor.Source.Address is { } address && Peers.Check(address) is TrustVerdict.Refused byAddress)
        {
            return new Admission.Refused(caller, HttpStatusCode.Forbidden, byAddress.Reason);
        }

        if (Tokens.IsAsked && visitor.Token.IsGiven && token is null)
        {
            return new Admission.Refused(caller, HttpStatusCode.Unauthorized, "a token that is not valid");
        }

        if (Origins.Check(visitor.Origin with { HasValidToken = token is not null }) is TrustVerdict.Refused byOrigin)
        {
            return new Admission.Refused(caller, HttpStatusCode.Forbidden, byOrigin.Reason);
        }

        return new Admission.Granted(caller);
    }

    /// <summary>Whether somebody may come in to the hub. Who brings no token where one is asked for may, and then may do nothing until a message brings one.</summary>
    public Admission WeighForHub(Visitor visitor)
    {
        var token = visitor.Token.Hash is { } hash ? FindForHub(hash) : null;
        var caller = CallerOf(visitor, token) with { Grant = token is not null ? token.Grant : visitor.NeedsNoToken || !IsHubTokenAsked ? Grant.Everything : Grant.Nothing };
        if (visitor.Source.Problem is { } problem)
        {
            return new Admission.Refused(caller, HttpStatusCode.Forbidden, problem);
        }

        if (visitor.Source.Address is { } address && Peers.Check(address) is TrustVerdict.Refused byAddress)
        {
            return new Admission.Refused(caller, HttpStatusCode.Forbidden, byAddress.Reason);
        }

        if (IsHubTokenAsked && visitor.Token.IsGiven && token is null)
        {
            return new Admission.Refused(caller, HttpStatusCode.Unauthorized, "a token of the hub that is not valid");
        }

        if (!IsHubTokenAsked && (visitor.Source.IsProxied || visitor.Source.Address is { } from && !IPAddress.IsLoopback(from)))
        {
            return new Admission.Refused(caller, HttpStatusCode.Forbidden, "without a token the hub serves this machine alone, and nobody through a proxy; set hub.token or AUTH_TOKEN");
        }

        return Origins.Check(visitor.Origin with { HasValidToken = token is not null }) is TrustVerdict.Refused byOrigin
            ? new Admission.Refused(caller, HttpStatusCode.Forbidden, byOrigin.Reason)
            : new Admission.Granted(caller);
    }

    /// <summary>Whether the hub asks for a token: its own, or one of <see cref="Tokens"/>, which are as good.</summary>
    public bool IsHubTokenAsked => Hub?.Token is not null || Tokens.IsAsked;

    /// <summary>The token with this hash, among the hub's own and <see cref="Tokens"/>.</summary>
    public AccessToken? FindForHub(TokenHash hash)
    {
        var listed = Tokens.Find(hash);
        return Hub?.Token is { } own && own.Hash.Equals(hash) ? own : listed;
    }

    /// <summary>Who somebody is that brings a token.</summary>
    public Caller CallerOf(Visitor visitor, AccessToken? token) => new()
    {
        Name = token is null ? visitor.Name : $"token \"{token.Name}\" from {visitor.Name}",
        Address = visitor.Source.Address,
        Uid = visitor.IsVouchedFor ? null : visitor.Uid,
        Token = token?.Name,
        IsOwner = visitor.IsOwner,
        Grant = token is not null ? token.Grant : visitor.NeedsNoToken || !Tokens.IsAsked ? Grant.Everything : Grant.Nothing,
    };
}
