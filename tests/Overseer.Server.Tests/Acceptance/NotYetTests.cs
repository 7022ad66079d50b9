using System.Text.Json.Nodes;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Acceptance;

/// <summary>What the protocol knows and this version does not do is refused with a word, never passed over.</summary>
public sealed class NotYetTests
{
    [Fact]
    public async Task A_start_that_asks_for_restarts_is_refused()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var answer = await client.StartShellAsync("t", "exit 1", ("retry_policy", new JsonObject()));
        Assert.Equal(("error", "retry_policy is not supported by this version: tasks are not restarted"), (answer.Type, answer.Message));
        Assert.Empty(await client.ListAsync());
    }

    [Fact]
    public async Task A_command_without_an_action_is_refused_and_the_setting_named()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var answer = await client.AskAsync("start", ("command", "/bin/true"));
        Assert.Equal("error", answer.Type);
        Assert.Contains("commands", answer.Message, StringComparison.Ordinal);
        Assert.Empty(await client.ListAsync());
    }
}
