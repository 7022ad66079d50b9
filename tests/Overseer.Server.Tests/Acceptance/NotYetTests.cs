using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Acceptance;

/// <summary>What the protocol knows and this version does not do is refused with a word, never passed over.</summary>
public sealed class NotYetTests
{
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
