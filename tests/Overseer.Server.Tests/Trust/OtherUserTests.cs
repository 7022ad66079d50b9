using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Overseer.Server.Tests.Faults;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Trust;

/// <summary>
/// Another user of the same machine gets nothing: not by sockets, not from files, not over loopback, not from <c>/proc</c>. The server's own user gets all of it, so what is tried
/// would work. The directory that holds everything is open to all, so that nothing but the server's own care protects what is in it.
/// </summary>
public sealed class OtherUserTests : IAsyncDisposable
{
    private const string Token = "token-token-token-token";
    private readonly Site _site = new();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(OtherUser.Stranger)]
    public async Task Sockets_files_and_processes_are_closed(int server)
    {
        await StartAsync(server, $$"""
            log_file: {{_site.PathOf("events.jsonl")}}
            audit_file: {{_site.PathOf("audit.jsonl")}}
            tokens_file: {{_site.PathOf("tokens.yaml")}}
            goproc: {socket: "{{_site.PathOf("goproc.sock")}}"}
            """);
        await using var client = await WireClient.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(_site.PathOf("run/overseer.sock")), ("Authorization", "Bearer " + Token));
        var started = await client.StartShellAsync("t", "echo secret; exec sleep 1000");
        Assert.True(started.Type == "started", started.ToString());
        await client.ExpectAsync("output", "t");
        var wish = Everything();

        var (own, other) = (await OtherUser.TryAsync(server, wish), await OtherUser.TryAsync(OtherUser.Nobody, wish));

        Assert.Equal(own.Length, wish["sockets"]!.AsArray().Count + wish["files"]!.AsArray().Count + wish["directories"]!.AsArray().Count + (3 * wish["processes"]!.AsArray().Count));
        Assert.Empty(other);
    }

    [Theory]
    [InlineData("commands: any", "without a token")]
    [InlineData("commands: owner", "only for the server's own user")]
    public async Task Commands_over_loopback_are_for_the_servers_own_user(string setting, string refusal)
    {
        var port = await StartAsync(0, setting);
        var wish = new JsonObject { ["port"] = port, ["messages"] = new JsonArray(Start()) };

        Assert.Equal(["start started "], await OtherUser.TryAsync(0, wish));
        Assert.Contains(refusal, Assert.Single(await OtherUser.TryAsync(OtherUser.Nobody, wish)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_servers_own_user_need_not_be_root()
    {
        var port = await StartAsync(OtherUser.Stranger, "commands: owner");
        var wish = new JsonObject { ["port"] = port, ["messages"] = new JsonArray(Start()) };

        Assert.Equal(["start started "], await OtherUser.TryAsync(OtherUser.Stranger, wish));
        Assert.Contains("only for the server's own user", Assert.Single(await OtherUser.TryAsync(OtherUser.Nobody, wish)), StringComparison.Ordinal);
        Assert.Contains("only for the server's own user", Assert.Single(await OtherUser.TryAsync(0, wish)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_tokens_loopback_is_closed_to_everybody_without_one()
    {
        var port = await StartAsync(0, $"commands: any\ntokens: [{{name: boss, token: {Token}, scopes: admin}}]");
        var wish = new JsonObject { ["port"] = port, ["messages"] = new JsonArray(Start(), new JsonObject { ["type"] = "list", ["id"] = "1" }) };

        Assert.Equal(["start 401", "list 401"], await OtherUser.TryAsync(0, wish));
        Assert.Equal(["start 401", "list 401"], await OtherUser.TryAsync(OtherUser.Nobody, wish));
    }

    private static JsonObject Start() => new() { ["type"] = "start", ["id"] = "s", ["command"] = "/bin/true" };

    /// <summary>Starts a server as a user, with a task that runs, and gives its port.</summary>
    private async Task<int> StartAsync(int user, string yaml)
    {
        _site.Configure(yaml);
        var open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(_site.Place, open);
        await File.WriteAllTextAsync(_site.PathOf("tokens.yaml"), $"tokens: [{{name: boss, token: {Token}, scopes: admin}}]");
        File.SetUnixFileMode(_site.PathOf("tokens.yaml"), UnixFileMode.UserRead);
        if (user != 0)
        {
            using var chown = Process.Start("chown", ["-R", user.ToString(CultureInfo.InvariantCulture), _site.Place]);
            await chown.WaitForExitAsync();
        }

        var id = user.ToString(CultureInfo.InvariantCulture);
        return await _site.Begin(user == 0 ? [] : ["setpriv", $"--reuid={id}", $"--regid={id}", "--clear-groups"]).ReadyAsync();
    }

    /// <summary>All that a server has: what is in its directories, found as they are, and its processes.</summary>
    private JsonObject Everything()
    {
        string[] places = [_site.State, _site.PathOf("run")];
        var files = places.SelectMany(place => Directory.EnumerateFiles(place, "*", SearchOption.AllDirectories)).Where(path => !path.EndsWith(".sock", StringComparison.Ordinal))
            .Concat(new[] { "events.jsonl", "audit.jsonl", "tokens.yaml", "goproc.pid" }.Select(_site.PathOf)).ToList();
        Assert.Contains(_site.PathOf("run/flight"), files);
        Assert.Contains(Path.Combine(_site.State, "overseer.db"), files);
        Assert.Contains(files, file => file.StartsWith(Path.Combine(_site.State, "journals"), StringComparison.Ordinal));
        return new JsonObject
        {
            ["sockets"] = Texts([_site.PathOf("run/overseer.sock"), _site.PathOf("run/recorder.sock"), _site.PathOf("goproc.sock")]),
            ["files"] = Texts(files),
            ["directories"] = Texts([.. places, Path.Combine(_site.State, "journals")]),
            ["processes"] = new JsonArray(_site.Server.Id, _site.RecorderPid),
        };
    }

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];
}
