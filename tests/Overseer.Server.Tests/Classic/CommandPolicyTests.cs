using Overseer.Configuration;
using Overseer.Server.Tests.Harness;
using Overseer.Server.Trust;

namespace Overseer.Server.Tests.Classic;

/// <summary>Who may run commands that no action describes, and which.</summary>
public sealed class CommandPolicyTests
{
    private static readonly Caller Owner = new() { Name = "owner", Uid = 1000, IsOwner = true, Grant = Grant.Everything };
    private static readonly Caller Neighbour = new() { Name = "neighbour", Uid = 1001, Grant = Grant.Everything };
    private static readonly Caller NeighbourWithToken = Neighbour with { Token = "ci" };
    private static readonly Caller Remote = new() { Name = "remote", Grant = Grant.Everything };

    [Theory]
    [InlineData(CommandsMode.None, false, false, false)]
    [InlineData(CommandsMode.Owner, true, false, false)]
    [InlineData(CommandsMode.Any, true, false, true)]
    [InlineData(CommandsMode.Pinned, true, true, true)]
    public void A_mode_is_for_some_and_not_for_others(CommandsMode mode, bool owner, bool neighbour, bool remote)
    {
        var policy = new CommandPolicy(mode, mode == CommandsMode.Pinned ? "/bin/x" : null);

        Assert.Equal((owner, neighbour, remote), (Allows(Owner), Allows(Neighbour), Allows(Remote)));
        Assert.Equal(mode is CommandsMode.Any or CommandsMode.Pinned, Allows(NeighbourWithToken));
        Assert.All((Caller[])[Owner, Neighbour, Remote], caller => Assert.True(Allows(caller) || policy.Refusal(caller, "/bin/x")!.Contains("commands", StringComparison.Ordinal)));

        bool Allows(Caller caller) => policy.Refusal(caller, "/bin/x") is null;
    }

    [Fact]
    public async Task A_command_is_refused_with_the_setting_that_would_allow_it()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();

        var answer = await client.AskAsync("start", ("command", "/bin/true"));

        Assert.Equal("error", answer.Type);
        Assert.Contains("commands: none", answer.Message, StringComparison.Ordinal);
        Assert.Contains("commands: pinned", answer.Message, StringComparison.Ordinal);
        Assert.Contains("commands: any", answer.Message, StringComparison.Ordinal);
        Assert.Empty(await client.ListAsync());
    }

    [Fact]
    public async Task A_pinned_command_may_be_left_out_by_older_clients_and_is_the_only_one()
    {
        await using var server = await RunningServer.StartAsync("command: /bin/echo");
        await using var classic = await OldClients.ConnectAsync(server, "v1");
        await using var current = await server.ConnectAsync();

        await classic.SendAsync("""{"type":"start","args":["left out"]}""");
        Assert.Equal("left out", (await classic.ExpectAsync("output", message => message.Type == "output")).Data);
        await classic.SendAsync("""{"type":"start","command":"/bin/echo","args":["named"]}""");
        Assert.Equal("named", (await classic.ExpectAsync("output", message => message.Type == "output")).Data);
        await classic.ExpectAsync("exited", message => message.Type == "exited");
        await classic.SendAsync("""{"type":"start","id":"1","command":"echo"}""");
        Assert.Equal("command must be \"/bin/echo\" (pinned)", (await classic.ExpectAsync("the error", message => message.Id == "1")).Message);

        Assert.Equal("command must be \"/bin/echo\" (pinned)", (await current.AskAsync("start", ("command", "/bin/true"))).Message);
        Assert.Equal("action is required", (await current.AskAsync("start")).Message);
        Assert.Equal("started", (await current.AskAsync("start", ("command", "/bin/echo"))).Type);
    }

    [Fact]
    public void Another_configuration_decides_from_then_on()
    {
        var policy = new CommandPolicy(CommandsMode.None, null);
        Assert.NotNull(policy.Refusal(Remote, "x"));
        policy.Replace(CommandsMode.Pinned, "x");
        Assert.Null(policy.Refusal(Remote, "x"));
        Assert.Equal("x", policy.Pinned);
        policy.Replace(CommandsMode.Any, null);
        Assert.Null(policy.Pinned);
        Assert.Equal("command is required", policy.Refusal(Remote, null));
    }
}
