using System.Text.Json;
using Overseer.Client.Tests;
using Overseer.Hosting;

namespace Overseer.Cli.Tests;

public sealed class SessionsTests
{
    private const string Three = """
        {"task_id":"agent-1","open":true,"connected":true,"status":"running","first_seen":"2026-01-31T12:00:00Z","last_seen":"2026-01-31T12:04:10Z","messages":4711},
        {"task_id":"agent-2","open":true,"connected":false,"first_seen":"2026-01-31T12:00:00Z","last_seen":"2026-01-31T12:04:10Z","messages":0,"exit_code":3},
        {"task_id":"agent-3","open":false,"connected":false,"status":"failed","first_seen":"2026-01-31T12:00:00Z","last_seen":"2026-01-31T12:04:10Z","messages":3,"exit_code":1}
        """;

    [Fact]
    public async Task Sessions_are_a_table_that_says_who_is_there_and_how_it_ended()
    {
        await using ScriptedServer server = Answering(Three);

        CommandRun run = await CommandRun.Of(server, "sessions", "--all");

        Assert.Equal(ExitCodes.Ok, run.Code);
        string[][] rows = [.. run.Out.TrimEnd('\n').Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        Assert.Equal(["SESSION", "STATE", "STATUS", "SINCE", "SEEN", "MESSAGES", "EXIT"], rows[0]);
        Assert.Equal(["agent-1", "connected", "running", "4711", "-"], Fixed(rows[1]));
        Assert.Equal(["agent-2", "away", "-", "0", "-"], Fixed(rows[2]));
        Assert.Equal(["agent-3", "ended", "failed", "3", "1"], Fixed(rows[3]));
        await server.Played;

        static string[] Fixed(string[] row) => [row[0], row[1], row[2], row[5], row[6]];
    }

    [Fact]
    public async Task Sessions_as_json_are_what_the_protocol_says()
    {
        await using ScriptedServer server = Answering(Three);

        CommandRun run = await CommandRun.Of(server, "sessions", "-a", "--json");

        using JsonDocument sessions = JsonDocument.Parse(run.Out);
        Assert.Equal(["agent-1", "agent-2", "agent-3"], sessions.RootElement.EnumerateArray().Select(session => session.GetProperty("task_id").GetString()));
        Assert.Equal(1, sessions.RootElement[2].GetProperty("exit_code").GetInt32());
    }

    [Fact]
    public async Task Ended_sessions_are_asked_for_with_all_alone()
    {
        string? asked = "nothing";
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            Request request = await peer.ExpectAsync("sessions");
            asked = request.TextOf("all");
            await peer.SendAsync($$"""{"type":"sessions","sessions":[],"id":"{{request.Id}}"}""");
            await peer.UntilGoneAsync();
        });

        CommandRun run = await CommandRun.Of(server, "sessions", "--json");

        Assert.Equal((null, "[]\n"), (asked, run.Out));
    }

    [Fact]
    public async Task A_server_without_hub_has_none()
    {
        await using LiveServer server = await LiveServer.StartAsync("");

        Assert.Equal("[]\n", await server.AskAsync("sessions", "--all", "--json"));
    }

    private static ScriptedServer Answering(string sessions) => new(async peer =>
    {
        await peer.AcceptAsync();
        Request request = await peer.ExpectAsync("sessions");
        Assert.Equal("True", request.TextOf("all"));
        await peer.SendAsync($$"""{"type":"sessions","sessions":[{{sessions.ReplaceLineEndings("")}}],"id":"{{request.Id}}"}""");
        await peer.UntilGoneAsync();
    });
}
