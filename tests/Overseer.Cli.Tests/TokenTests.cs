using System.Text.Json;
using Overseer.Hosting;
using Overseer.Server.Trust;

namespace Overseer.Cli.Tests;

/// <summary>Tokens made by the program and shown to a server that asks for them.</summary>
public sealed class TokenTests
{
    [Fact]
    public async Task A_new_token_opens_a_server_that_knows_its_hash()
    {
        CommandRun made = await CommandRun.Run(["token", "new", "--name", "ci", "--scope", "operate", "--action", "echo", "--tag", "x y"]);
        string token = made.Out.TrimEnd('\n');
        Assert.Matches("^ovs_[A-Za-z0-9_-]{43}$", token);
        Assert.DoesNotContain(token, made.Error, StringComparison.Ordinal);
        Assert.Contains("{name: \"ci\", scopes: operate, actions: [\"echo\"], tags: [\"x y\"], hash: ", made.Error, StringComparison.Ordinal);

        await using LiveServer server = await LiveServer.StartAsync(made.Error + "actions: {echo: {type: exec, config: {entrypoint: echo, command: [hi]}}}\n");
        string address = server.Ready.Split(' ').Single(part => part.StartsWith("ws://", StringComparison.Ordinal));
        await File.WriteAllTextAsync(server.PathOf("token"), token + "\n");

        Assert.Contains("echo", await server.AskAsync("actions", "--host", address, "--token", token), StringComparison.Ordinal);
        Assert.Equal("hi\n", (await server.RunAsync("start", "echo", "-f", "--host", address, "--token-file", server.PathOf("token"))).Out);
        Assert.Contains("echo", await server.AskAsync("ps", "--host", address + "?token=" + token), StringComparison.Ordinal);
        LiveServer.Result refused = await server.RunAsync("purge", "--all", "--host", address, "--token", token);
        Assert.Equal((ExitCodes.Refused, "overseer: not allowed: purge needs the scope admin, and this connection has operate\n"), (refused.Code, refused.Error));
    }

    [Fact]
    public async Task Without_a_valid_token_the_way_to_give_one_is_told()
    {
        await using LiveServer server = await LiveServer.StartAsync($"tokens: [{{name: ci, hash: {TokenHash.Of("x").ToHex()}, scopes: read}}]\n");
        string address = server.Ready.Split(' ').Single(part => part.StartsWith("ws://", StringComparison.Ordinal));

        LiveServer.Result none = await server.RunAsync("ps", "--host", address);
        LiveServer.Result wrong = await server.RunAsync("ps", "--host", address + "?token=wrong");

        Assert.Equal(
            (ExitCodes.Unreachable, $"overseer: {address} refused the connection: 401 Unauthorized (unauthorized: a token is needed (Authorization: Bearer TOKEN, subprotocol overseer.token.TOKEN, or ?token=TOKEN)); give a valid token with --token-file FILE or OVERSEER_TOKEN\n"),
            (none.Code, none.Error));
        Assert.Equal(
            (ExitCodes.Unreachable, $"overseer: {address}?token=*** refused the connection: 401 Unauthorized (unauthorized: the token is not valid); give a valid token with --token-file FILE or OVERSEER_TOKEN\n"),
            (wrong.Code, wrong.Error));
        Assert.Contains("TASK", (await server.RunAsync("ps")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_environment_may_hold_the_token()
    {
        string token = NewToken.Make();
        await using LiveServer server = await LiveServer.StartAsync($"tokens: [{{name: ci, hash: {TokenHash.Of(token).ToHex()}, scopes: read}}]\n");
        string address = server.Ready.Split(' ').Single(part => part.StartsWith("ws://", StringComparison.Ordinal));

        CommandRun run = await CommandRun.Run(["ps", "--host", address], variables: ("OVERSEER_TOKEN", token));

        Assert.Equal((0, ""), (run.Code, run.Error));
    }

    [Fact]
    public async Task A_new_token_can_be_had_as_JSON()
    {
        using JsonDocument made = JsonDocument.Parse((await CommandRun.Run(["token", "new", "--json"])).Out);

        Assert.Equal(("client", "read"), (made.RootElement.GetProperty("name").GetString(), made.RootElement.GetProperty("scopes").GetString()));
        Assert.Equal(TokenHash.Of(made.RootElement.GetProperty("token").GetString()!).ToHex(), made.RootElement.GetProperty("hash").GetString());
    }

    [Theory]
    [InlineData("ps --token a --token-file b", "only one of --token and --token-file is allowed")]
    [InlineData("ps --token-file /nonexistent/token", "the token cannot be read")]
    [InlineData("ps --token grün", "a token has visible ASCII characters without blanks")]
    [InlineData("token new --scope root", "new --help")]
    [InlineData("token", "token --help")]
    public async Task Wrong_usage_is_told(string line, string part)
    {
        CommandRun run = await CommandRun.Run(line.Split(' '));

        Assert.Equal(ExitCodes.Usage, run.Code);
        Assert.Contains(part, run.Error, StringComparison.Ordinal);
    }
}
