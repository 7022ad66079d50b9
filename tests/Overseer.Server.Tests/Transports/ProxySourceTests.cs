using System.Net;
using Microsoft.AspNetCore.Http;
using Overseer.Server.Proxies;
using Overseer.Server.Trust;

namespace Overseer.Server.Tests.Transports;

/// <summary>Whom a request is taken to come from.</summary>
public sealed class ProxySourceTests
{
    private static readonly TrustedProxies Proxies = new([CidrBlock.Parse("127.0.0.1")!, CidrBlock.Parse("10.0.0.0/8")!, CidrBlock.Parse("fd00::/8")!], UnixSockets: false);

    [Theory]
    [InlineData("127.0.0.1", "X-Forwarded-For: 203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.1", "X-Forwarded-For: 203.0.113.7:4711", "203.0.113.7")]
    [InlineData("127.0.0.1", "X-Forwarded-For: 2001:db8::7", "2001:db8::7")]
    [InlineData("127.0.0.1", "X-Forwarded-For: [2001:db8::7]:4711", "2001:db8::7")]
    [InlineData("127.0.0.1", "X-Forwarded-For: 6.6.6.6, 203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.1", "X-Forwarded-For: 6.6.6.6\nX-Forwarded-For: 203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.1", "X-Forwarded-For: 6.6.6.6, 203.0.113.7, 10.1.2.3", "203.0.113.7")]
    [InlineData("127.0.0.1", "X-Forwarded-For: 10.9.9.9, 10.1.2.3", "10.9.9.9")]
    [InlineData("::ffff:127.0.0.1", "X-Forwarded-For: 203.0.113.7", "203.0.113.7")]
    [InlineData("fd00::1", "X-Forwarded-For: 203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.1", "Forwarded: for=203.0.113.7;proto=https", "203.0.113.7")]
    [InlineData("127.0.0.1", "Forwarded: for=\"[2001:db8::7]:4711\"", "2001:db8::7")]
    [InlineData("127.0.0.1", "Forwarded: For=6.6.6.6, for=203.0.113.7;by=10.1.2.3 , for=10.1.2.3", "203.0.113.7")]
    [InlineData("127.0.0.1", "Forwarded: for=203.0.113.7\nX-Forwarded-For: 203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.1", "X-Forwarded-Proto: https", "127.0.0.1")]
    [InlineData("127.0.0.1", "", "127.0.0.1")]
    public void A_trusted_proxy_names_the_client(string peer, string headers, string client)
    {
        var source = Source(peer, headers);

        Assert.Null(source.Problem);
        Assert.Equal(client, source.Address!.ToString());
        Assert.False(source.IsIgnored);
        Assert.Equal(headers.Length > 0, source.IsProxied);
    }

    [Theory]
    [InlineData("X-Forwarded-For: 127.0.0.1")]
    [InlineData("Forwarded: for=127.0.0.1")]
    [InlineData("X-Forwarded-Proto: https\nX-Forwarded-Host: localhost")]
    [InlineData("X-Real-IP: 127.0.0.1")]
    [InlineData("Via: 1.1 somewhere")]
    public void Nobody_else_names_anybody_and_is_never_taken_for_the_client_itself(string headers)
    {
        var source = Source("192.168.1.5", headers);

        Assert.Equal("192.168.1.5", source.Address!.ToString());
        Assert.Equal("http", source.Scheme);
        Assert.Null(source.Host);
        Assert.True(source.IsIgnored);
        Assert.True(source.IsProxied);
    }

    [Theory]
    [InlineData("X-Forwarded-For: unknown")]
    [InlineData("X-Forwarded-For: _hidden")]
    [InlineData("X-Forwarded-For: 127.1")]
    [InlineData("X-Forwarded-For: localhost")]
    [InlineData("Forwarded: for=unknown")]
    [InlineData("Forwarded: for=\"_gazonk\"")]
    [InlineData("Forwarded: for=\"203.0.113.7")]
    [InlineData("Forwarded: 203.0.113.7")]
    [InlineData("Forwarded: for=6.6.6.6\nX-Forwarded-For: 203.0.113.7")]
    [InlineData("Forwarded: for=203.0.113.7\nX-Forwarded-For: 6.6.6.6")]
    public void A_client_that_cannot_be_known_is_refused(string headers) => Assert.NotNull(Source("127.0.0.1", headers).Problem);

    [Theory]
    [InlineData("X-Forwarded-For: 203.0.113.7\nX-Forwarded-Proto: https\nX-Forwarded-Host: overseer.example", "https", "overseer.example")]
    [InlineData("X-Forwarded-For: 203.0.113.7, 10.1.2.3\nX-Forwarded-Proto: https, http\nX-Forwarded-Host: overseer.example, inner", "https", "overseer.example")]
    [InlineData("X-Forwarded-For: 203.0.113.7, 10.1.2.3\nX-Forwarded-Proto: https", "https", null)]
    [InlineData("X-Forwarded-For: 6.6.6.6, 203.0.113.7\nX-Forwarded-Proto: gopher, https\nX-Forwarded-Host: evil.example, overseer.example", "https", "overseer.example")]
    [InlineData("X-Forwarded-For: 203.0.113.7\nX-Forwarded-Proto: gopher", "http", null)]
    [InlineData("Forwarded: for=203.0.113.7;proto=HTTPS;host=\"overseer.example:8443\"", "https", "overseer.example:8443")]
    public void Scheme_and_host_are_those_that_the_client_asked_for(string headers, string scheme, string? host)
    {
        var source = Source("127.0.0.1", headers);

        Assert.Equal("203.0.113.7", source.Address!.ToString());
        Assert.Equal((scheme, host), (source.Scheme, source.Host));
    }

    [Fact]
    public void A_proxy_on_a_unix_socket_counts_where_it_is_said_to()
    {
        Assert.True(Source(null, "X-Forwarded-For: 203.0.113.7").IsIgnored);

        var source = Source(null, "X-Forwarded-For: 203.0.113.7", Proxies with { UnixSockets = true });

        Assert.Equal("203.0.113.7", source.Address!.ToString());
        Assert.True(source.IsProxied);
    }

    private static RequestSource Source(string? peer, string headers, TrustedProxies? proxies = null)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = peer is null ? null : IPAddress.Parse(peer);
        http.Request.Scheme = "http";
        foreach (var line in headers.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            http.Request.Headers.Append(line[..colon], line[(colon + 2)..]);
        }

        return RequestSource.Of(http, proxies ?? Proxies);
    }
}
