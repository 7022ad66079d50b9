using System.Text.Json;
using Overseer.Hosting;

namespace Overseer.Cli.Tests;

/// <summary><c>overseer reload</c> with a real server.</summary>
public sealed class ReloadTests : IAsyncLifetime
{
    private const string Configuration = """
        actions:
          sleep:
            type: exec
            config: {entrypoint: sleep, command: ["1000"]}
        """;

    private LiveServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await LiveServer.StartAsync(Configuration);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task What_has_changed_is_printed_and_what_needs_a_restart()
    {
        LiveServer.Result same = await _server.RunAsync("reload");
        Assert.Equal((ExitCodes.Ok, "", "overseer: nothing has changed\n"), (same.Code, same.Out, same.Error));

        await _server.AskAsync("start", "sleep", "--task-id", "t");
        await ChangeAsync(text => text.Replace("1000", "2000", StringComparison.Ordinal) + "\nname: other\n");
        LiveServer.Result changed = await _server.RunAsync("reload");
        Assert.Equal(ExitCodes.Ok, changed.Code);
        Assert.Equal(
            """
            action sleep changed: config
            restart needed: name changed: default -> other; start the server again
            restart needed: task t: action sleep has changed since it was started

            """,
            changed.Out);

        using JsonDocument json = JsonDocument.Parse(await _server.AskAsync("reload", "--json"));
        Assert.True(json.RootElement.GetProperty("applied").GetBoolean());
        Assert.Single(json.RootElement.GetProperty("restart").EnumerateArray());
    }

    [Fact]
    public async Task All_that_is_wrong_is_said_and_nothing_is_changed()
    {
        await ChangeAsync(_ => "nonsense: 1\nlimits: {max_tasks: 0}\n");
        LiveServer.Result wrong = await _server.RunAsync("reload");
        Assert.Equal((ExitCodes.Configuration, ""), (wrong.Code, wrong.Out));
        string[] lines = wrong.Error.TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.StartsWith($"error: {_server.Configuration}:1: nonsense: ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"error: {_server.Configuration}:2: limits.max_tasks: ", lines[1], StringComparison.Ordinal);
        Assert.Equal("overseer: nothing was changed", lines[2]);
        Assert.Equal(ExitCodes.Configuration, (await _server.RunAsync("reload", "--json")).Code);
        await _server.AskAsync("start", "sleep");
    }

    [Fact]
    public async Task Without_a_server_it_says_so()
    {
        LiveServer.Result none = await _server.RunAsync("reload", "--host", "unix:" + _server.PathOf("nobody.sock"));
        Assert.Equal(ExitCodes.Unreachable, none.Code);
    }

    private async Task ChangeAsync(Func<string, string> change)
        => await File.WriteAllTextAsync(_server.Configuration, change(await File.ReadAllTextAsync(_server.Configuration, TestContext.Current.CancellationToken)), TestContext.Current.CancellationToken);
}
