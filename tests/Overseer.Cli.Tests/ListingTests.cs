using System.Text.Json;
using Overseer.Client.Tests;
using Overseer.Hosting;

namespace Overseer.Cli.Tests;

public sealed class ListingTests
{
    private static readonly string[] TwoTasks =
    [
        Messages.Task("build-1", 1, exit: 2, name: "ci"),
        Messages.Task("web", 2, "active", "running"),
        Messages.Task("worker", 3, exit: -1, signal: "SIGKILL"),
    ];

    [Fact]
    public async Task Ps_aligns_columns_and_cuts_nothing_off_when_it_is_not_a_terminal()
    {
        await using ScriptedServer server = Listing();

        CommandRun run = await CommandRun.Of(server, "ps");

        Assert.Equal(ExitCodes.Ok, run.Code);
        string[] lines = run.Out.TrimEnd('\n').Split('\n');
        Assert.StartsWith("NO  TASK          ACTION  STATE", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("1   ci (build-1)  echo    stopped  -", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("2   web           echo    running  7", lines[2], StringComparison.Ordinal);
        Assert.Contains("SIGKILL", lines[3], StringComparison.Ordinal);
        Assert.DoesNotContain("\e", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ps_as_json_is_what_the_protocol_says()
    {
        await using ScriptedServer server = Listing();

        CommandRun run = await CommandRun.Of(server, "ps", "--json");

        using JsonDocument tasks = JsonDocument.Parse(run.Out);
        Assert.Equal(["build-1", "web", "worker"], tasks.RootElement.EnumerateArray().Select(task => task.GetProperty("task_id").GetString()));
        Assert.Equal(2, tasks.RootElement[0].GetProperty("last_exit_code").GetInt32());
    }

    [Fact]
    public async Task Ps_quiet_prints_ids_for_scripts()
    {
        await using ScriptedServer server = Listing();

        Assert.Equal("build-1\nweb\nworker\n", (await CommandRun.Of(server, "ps", "-q")).Out);
    }

    [Fact]
    public async Task Colours_are_for_terminals_and_NO_COLOR_turns_them_off()
    {
        Assert.Contains("\e[", await DrawAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("\e[", await DrawAsync(("NO_COLOR", "1")), StringComparison.Ordinal);
        Assert.DoesNotContain("\e[", await DrawAsync(("TERM", "dumb")), StringComparison.Ordinal);

        static async Task<string> DrawAsync(params (string, string)[] variables)
        {
            await using ScriptedServer server = Listing();
            CommandRun run = await CommandRun.Run(["ps", "--host", server.Endpoint.Text], terminal: true, variables: variables);
            Assert.Contains("build-1", run.Out, StringComparison.Ordinal);
            return run.Out;
        }
    }

    [Fact]
    public async Task Actions_show_which_parameters_are_required()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            await peer.SendAsync(Messages.Actions((await peer.ExpectAsync("describe")).Id));
            await peer.UntilGoneAsync();
        });

        CommandRun run = await CommandRun.Of(server, "actions");

        Assert.Equal("ACTION  TYPE  PARAMETERS    DESCRIPTION\necho    exec  [text=hi] to  print a text\n", run.Out);
    }

    [Fact]
    public async Task An_unknown_action_is_code_127()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            await peer.SendAsync(Messages.Error((await peer.ExpectAsync("describe")).Id, "unknown action: \\\"x\\\""));
            await peer.UntilGoneAsync();
        });

        CommandRun run = await CommandRun.Of(server, "actions", "x");

        Assert.Equal(ExitCodes.NotFound, run.Code);
        Assert.Equal("overseer: unknown action: \"x\"; overseer actions lists them\n", run.Error);
    }

    private static ScriptedServer Listing() => new(async peer =>
    {
        await peer.AcceptAsync();
        await peer.SendAsync(Messages.Tasks((await peer.ExpectAsync("list")).Id, TwoTasks));
        await peer.UntilGoneAsync();
    });
}
