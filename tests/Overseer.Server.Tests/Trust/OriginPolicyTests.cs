using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Overseer.Server.Proxies;
using Overseer.Server.Trust;

namespace Overseer.Server.Tests.Trust;

public sealed class OriginPolicyTests
{
    private static readonly OriginPolicy Policy = new(
        [WebOrigin.Parse("https://console.example")!, WebOrigin.Parse("http://dev.example:3000")!, WebOrigin.Parse("vscode-webview://abc")!],
        [Host("overseer.example"), Host("pinned.example:9000")]);

    private static HostPort Host(string text) => HostPort.TryParse(text, out var host) ? host : throw new FormatException(text);

    private static bool Allows(string? origin, string? host, bool fetch = false, bool token = false, string scheme = "http") =>
        Policy.Check(new OriginRequest
        {
            Scheme = scheme,
            Host = host is null ? StringValues.Empty : host,
            Origin = origin is null ? StringValues.Empty : origin,
            IsBrowser = fetch,
            HasValidToken = token,
        }) is TrustVerdict.Allowed;

    [Theory]
    [InlineData("localhost:8080")]
    [InlineData("evil.example")]
    [InlineData("user@nowhere:x")]
    [InlineData("")]
    [InlineData(null)]
    public void A_program_that_is_no_browser_passes_whatever_its_host(string? host) => Assert.True(Allows(null, host));

    [Theory]
    [InlineData("http://localhost:8080", "localhost:8080")]
    [InlineData("http://LOCALHOST:8080", "LocalHost:8080")]
    [InlineData("HTTP://localhost:8080", "localhost:8080")]
    [InlineData("http://localhost", "localhost")]
    [InlineData("http://localhost:80", "localhost")]
    [InlineData("http://localhost", "localhost:80")]
    [InlineData("http://127.0.0.1:8080", "127.0.0.1:8080")]
    [InlineData("http://192.168.7.20:8080", "192.168.7.20:8080")]
    [InlineData("http://[::1]:8080", "[::1]:8080")]
    [InlineData("http://[0:0:0:0:0:0:0:1]:8080", "[::1]:8080")]
    [InlineData("http://overseer.example:8080", "overseer.example:8080")]
    [InlineData("http://pinned.example:9000", "pinned.example:9000")]
    public void Our_own_pages_pass(string origin, string host)
    {
        Assert.True(Allows(origin, host));
        Assert.True(Allows(origin, host, fetch: true));
    }

    [Theory]
    [InlineData("https://console.example")]
    [InlineData("https://console.example:443")]
    [InlineData("https://CONSOLE.example")]
    [InlineData("http://dev.example:3000")]
    [InlineData("vscode-webview://abc")]
    public void An_allowed_page_passes(string origin) => Assert.True(Allows(origin, "127.0.0.1:8080"));

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("file://")]
    [InlineData("localhost:8080")]
    [InlineData("http://localhost")]
    [InlineData("http://localhost:80800")]
    [InlineData("http://localhost:8081")]
    [InlineData("http://localhost:")]
    [InlineData("http://localhost:8080/")]
    [InlineData("http://localhost:8080/path")]
    [InlineData("http://localhost:8080?x")]
    [InlineData("http://localhost:8080#x")]
    [InlineData("http://localhost:+8080")]
    [InlineData("http://localhost: 8080")]
    [InlineData("https://localhost:8080")]
    [InlineData("ws://localhost:8080")]
    [InlineData("http://localhost.:8080")]
    [InlineData("http://localhost.evil.com:8080")]
    [InlineData("http://evil.com@localhost:8080")]
    [InlineData("http://localhost:8080@evil.com")]
    [InlineData("http://user:pass@localhost:8080")]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("http://[::1]:8080")]
    [InlineData("http://localhost:8080, http://evil.example")]
    [InlineData("http://localhost:8080 http://evil.example")]
    [InlineData("http://localhost:8080\nx")]
    [InlineData("http://localhost:8080\0")]
    [InlineData("http://ｌocalhost:8080")]
    [InlineData("http://xn--localhost-:8080")]
    [InlineData("javascript://localhost:8080")]
    [InlineData("//localhost:8080")]
    [InlineData("://localhost:8080")]
    [InlineData("http:/localhost:8080")]
    [InlineData("http://")]
    [InlineData("https://console.example:444")]
    [InlineData("http://console.example")]
    [InlineData("https://console.example.evil.com")]
    [InlineData("https://evilconsole.example")]
    [InlineData("https://sub.console.example")]
    [InlineData("https://console.example.")]
    [InlineData("https://console.example/")]
    [InlineData("http://dev.example")]
    public void A_foreign_page_is_refused_unless_it_has_a_token(string origin)
    {
        Assert.False(Allows(origin, "localhost:8080"));
        Assert.False(Allows(origin, "localhost:8080", fetch: true));
        Assert.True(Allows(origin, "localhost:8080", token: true));
    }

    [Theory]
    [InlineData("evil.example:8080")]
    [InlineData("localhost.evil.com:8080")]
    [InlineData("localhost.:8080")]
    [InlineData("evil-localhost:8080")]
    [InlineData("127.0.0.1.evil.com:8080")]
    [InlineData("127.0.0.1.nip.io")]
    [InlineData("127.1:8080")]
    [InlineData("0x7f.0.0.1:8080")]
    [InlineData("0177.0.0.1:8080")]
    [InlineData("2130706433:8080")]
    [InlineData("0x7f000001")]
    [InlineData("127.0.0.1.:8080")]
    [InlineData("user@127.0.0.1:8080")]
    [InlineData("127.0.0.1:8080:8080")]
    [InlineData("127.0.0.1:http")]
    [InlineData("127.0.0.1/x")]
    [InlineData("::1")]
    [InlineData("::1:8080")]
    [InlineData("[::1")]
    [InlineData("[::1]x:8080")]
    [InlineData("[127.0.0.1]:8080")]
    [InlineData("[::1%25eth0]:8080")]
    [InlineData("[localhost]:8080")]
    [InlineData("overseer.example.:8080")]
    [InlineData("sub.overseer.example")]
    [InlineData("overseer.example.evil.com")]
    [InlineData("pinned.example")]
    [InlineData("pinned.example:9001")]
    [InlineData("")]
    [InlineData(":8080")]
    [InlineData(null)]
    public void A_browser_that_came_by_a_rebindable_name_is_refused(string? host)
    {
        Assert.False(Allows($"http://{host}", host));
        Assert.False(Allows(null, host, fetch: true));
        Assert.False(Allows("https://console.example", host));
        Assert.False(Allows($"http://{host}", host, token: true));
    }

    [Fact]
    public void Behind_TLS_our_own_pages_are_https()
    {
        Assert.True(Allows("https://localhost:8443", "localhost:8443", scheme: "https"));
        Assert.True(Allows("https://localhost", "localhost", scheme: "https"));
        Assert.False(Allows("http://localhost:8443", "localhost:8443", scheme: "https"));
        Assert.False(Allows("http://localhost", "localhost", scheme: "https"));
    }

    [Fact]
    public void Two_of_a_header_are_refused()
    {
        var request = new OriginRequest { Scheme = "http", Host = "localhost:8080", Origin = new(["http://localhost:8080", "http://localhost:8080"]) };
        Assert.IsType<TrustVerdict.Refused>(Policy.Check(request));
        request = request with { Origin = "http://localhost:8080", Host = new(["localhost:8080", "evil.example"]) };
        Assert.IsType<TrustVerdict.Refused>(Policy.Check(request));
    }

    [Fact]
    public void The_reason_names_the_setting_and_cannot_forge_a_line_of_the_log()
    {
        string Reason(string origin, string host) => Assert.IsType<TrustVerdict.Refused>(
            Policy.Check(new OriginRequest { Scheme = "http", Host = host, Origin = origin })).Reason;
        Assert.Equal("a page from http://evil.example, which is neither this server nor in allowed_origins", Reason("http://evil.example", "localhost"));
        Assert.Equal("a browser's request with Host evil.example, which is not in allowed_hosts", Reason("http://evil.example", "evil.example"));
        Assert.Equal("a page with Origin \"a??b\", which no setting can allow", Reason("a\r\nb", "localhost"));
        Assert.True(Reason(new string('x', 5000), "localhost").Length < 200);
    }

    [Theory]
    [InlineData("sec-fetch-mode", "websocket")]
    [InlineData("Accept-Language", "en")]
    [InlineData("accept-language", "")]
    [InlineData("Upgrade-Insecure-Requests", "1")]
    [InlineData("user-agent", "Mozilla/5.0 (X11; Linux x86_64)")]
    public void What_only_browsers_send_tells_a_browser(string header, string value)
    {
        var request = Request((header, value));

        Assert.True(request.IsBrowser);
        Assert.Equal("localhost:8080", request.Host);
        Assert.Equal(0, request.Origin.Count);
    }

    [Fact]
    public void What_programs_send_tells_none() =>
        Assert.False(Request(("User-Agent", "Prometheus/2.53.0"), ("Accept", "*/*"), ("Accept-Encoding", "gzip"), ("Authorization", "Bearer x")).IsBrowser);

    private static OriginRequest Request(params (string Name, string Value)[] headers)
    {
        var context = new DefaultHttpContext();
        context.Request.Scheme = "http";
        context.Request.Headers["host"] = "localhost:8080";
        foreach (var (name, value) in headers)
        {
            context.Request.Headers[name] = value;
        }

        return OriginRequest.From(context.Request, RequestSource.Of(context, TrustedProxies.None), hasValidToken: false);
    }
}
