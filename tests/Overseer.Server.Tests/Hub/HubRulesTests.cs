using System.Net;
using Overseer.Configuration;
using Overseer.Server.Proxies;
using Overseer.Server.Trust;

namespace Overseer.Server.Tests.Hub;

/// <summary>Who may come in to the hub, by where he comes from and what he brings.</summary>
public sealed class HubRulesTests
{
    private const string Token = "some-token";

    [Theory]
    [InlineData("127.0.0.1", null, false, 200)]
    [InlineData("::1", null, false, 200)]
    [InlineData("::ffff:127.0.0.1", null, false, 200)]
    [InlineData("10.0.0.5", null, false, 403)]
    [InlineData("10.0.0.5", Token, false, 403)]
    [InlineData("127.0.0.1", null, true, 403)]
    [InlineData(null, null, false, 200)]
    public void Without_a_token_only_this_machine_is_served(string? from, string? brings, bool proxied, int expected) =>
        Assert.Equal(expected, Weigh(new HubOptions(), from, brings, proxied));

    [Theory]
    [InlineData("10.0.0.5", Token, false, 200)]
    [InlineData("10.0.0.5", Token, true, 200)]
    [InlineData("10.0.0.5", "another", false, 401)]
    [InlineData("127.0.0.1", "another", false, 401)]
    [InlineData("127.0.0.1", null, false, 0)]
    [InlineData("10.0.0.5", null, false, 0)]
    [InlineData("192.0.2.1", Token, false, 403)]
    public void With_a_token_whoever_brings_it_is_and_who_brings_none_may_do_nothing_yet(string? from, string? brings, bool proxied, int expected) =>
        Assert.Equal(expected, Weigh(new HubOptions { Token = new SecretText(Token) }, from, brings, proxied));

    /// <summary>200 for everything, 0 for nothing yet, or the status of the refusal.</summary>
    private static int Weigh(HubOptions hub, string? from, string? brings, bool proxied)
    {
        var rules = new AccessRules
        {
            Peers = PeerFilter.Create([CidrBlock.Parse("10.0.0.0/8")!, CidrBlock.Parse("127.0.0.0/8")!, CidrBlock.Parse("::1/128")!]),
            Origins = new OriginPolicy([], []),
            Proxies = TrustedProxies.None,
            Hub = HubRules.Of(hub),
        };
        var address = from is null ? null : IPAddress.Parse(from) is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : IPAddress.Parse(from);
        var visitor = new Visitor
        {
            Source = new RequestSource { Name = "somebody", Address = address, Scheme = "http", IsProxied = proxied },
            Peer = address,
            Token = brings is null ? PresentedToken.None : new PresentedToken(TokenHash.Of(brings), IsGiven: true),
            Origin = new OriginRequest { Scheme = "http" },
        };
        return rules.WeighForHub(visitor) switch
        {
            Admission.Granted { Caller.Grant.Scope: Scope.Admin } => 200,
            Admission.Granted { Caller.Grant.Scope: Scope.None } => 0,
            Admission.Refused refused => (int)refused.Status,
            var other => throw new InvalidOperationException($"{other}"),
        };
    }
}
