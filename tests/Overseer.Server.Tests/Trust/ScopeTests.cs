using System.Text.Json.Nodes;
using Overseer.Protocols.V2;
using Overseer.Server.Tests.Harness;
using Overseer.Server.Trust;

namespace Overseer.Server.Tests.Trust;

/// <summary>What each scope may ask for. The table here names every request there is: a new one must be given its scope.</summary>
public sealed class ScopeTests : IAsyncLifetime
{
    private static readonly Dictionary<string, Scope> Table = new(StringComparer.Ordinal)
    {
        ["list"] = Scope.Read,
        ["replay"] = Scope.Read,
        ["subscribe"] = Scope.Read,
        ["unsubscribe"] = Scope.Read,
        ["describe"] = Scope.Read,
        ["pool_info"] = Scope.Read,
        ["metrics"] = Scope.Read,
        ["manifest"] = Scope.Read,
        ["processes"] = Scope.Read,
        ["sessions"] = Scope.Read,
        ["start"] = Scope.Operate,
        ["stop"] = Scope.Operate,
        ["reset"] = Scope.Operate,
        ["input"] = Scope.Operate,
        ["signal"] = Scope.Operate,
        ["forget"] = Scope.Operate,
        ["adopt"] = Scope.Admin,
        ["rename_label"] = Scope.Admin,
        ["reload"] = Scope.Admin,
        ["set_pool"] = Scope.Admin,
        ["purge"] = Scope.Admin,
    };

    private RunningServer _server = null!;

    public static TheoryData<string> Requests => [.. ProtocolCatalog.Client.All.Select(message => message.Name)];

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync($$"""
        tokens:
          - {name: read, token: {{Token(Scope.Read)}}, scopes: read}
          - {name: operate, token: {{Token(Scope.Operate)}}, scopes: operate}
          - {name: admin, token: {{Token(Scope.Admin)}}, scopes: admin}
        commands: any
        {{RunningServer.Shell}}
        """);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_request_needs_its_scope_or_a_greater_one(string type)
    {
        var needed = Assert.Contains(type, (IDictionary<string, Scope>)Table);
        foreach (var scope in new[] { Scope.Read, Scope.Operate, Scope.Admin })
        {
            await using var client = await ConnectAsync(scope);
            await client.SendAsync(Example(type).ToJsonString());
            var answer = await client.ExpectAsync($"answer to {type} with {scope}", message => message.Id == "the-id");

            if (scope < needed)
            {
                Assert.Equal(
                    ("error", $"not allowed: {type} needs the scope {ScopeWord.Of(needed)}, and this connection has {ScopeWord.Of(scope)}"),
                    (answer.Type, answer.Message));
            }
            else
            {
                Assert.DoesNotContain("not allowed", answer.Message ?? "", StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("read", false)]
    [InlineData("operate", false)]
    [InlineData("admin", true)]
    public async Task Any_command_is_for_who_may_do_everything(string scope, bool allowed)
    {
        await using var client = await ConnectAsync(ScopeWord.Parse(scope)!.Value);

        var answer = await client.AskAsync("start", ("command", "/bin/true"));

        Assert.Equal(allowed ? "started" : "error", answer.Type);
        Assert.Equal(allowed ? null : $"not allowed: a command without an action needs the scope admin, and this connection has {scope}", answer.Message);
    }

    [Fact]
    public async Task The_pinned_command_is_for_who_may_start_tasks()
    {
        await using var server = await RunningServer.StartAsync($$"""
            tokens:
              - {name: read, token: {{Token(Scope.Read)}}, scopes: read}
              - {name: operate, token: {{Token(Scope.Operate)}}, scopes: operate}
            command: /bin/true
            """);
        await using var reader = await WireClient.ConnectAsync(server.EndPoint, ("Authorization", "Bearer " + Token(Scope.Read)));
        await using var operatorClient = await WireClient.ConnectAsync(server.EndPoint, ("Authorization", "Bearer " + Token(Scope.Operate)));

        Assert.Equal("not allowed: a command without an action needs the scope operate, and this connection has read", (await reader.AskAsync("start", ("command", "/bin/true"))).Message);
        Assert.Equal("started", (await operatorClient.AskAsync("start", ("command", "/bin/true"))).Type);
    }

    private static string Token(Scope scope) => $"{ScopeWord.Of(scope)}-0123456789-0123456789";

    private Task<WireClient> ConnectAsync(Scope scope) => WireClient.ConnectAsync(_server.EndPoint, ("Authorization", "Bearer " + Token(scope)));

    /// <summary>A request that is answered, whatever it may do: about a task that is not there.</summary>
    private static JsonObject Example(string type)
    {
        var message = new JsonObject { ["type"] = type, ["id"] = "the-id" };
        switch (type)
        {
            case "start":
                message["action"] = "none";
                break;
            case "input":
                (message["task_id"], message["data"]) = ("none", "x");
                break;
            case "signal":
                (message["task_id"], message["signal"]) = ("none", "HUP");
                break;
            case "adopt":
                message["pid"] = 1 << 22;
                break;
            case "rename_label":
                (message["kind"], message["from"], message["to"]) = ("tag", "x", "y");
                break;
            case "stop" or "reset" or "replay" or "subscribe" or "unsubscribe" or "forget":
                message["task_id"] = "none";
                break;
        }

        return message;
    }
}
