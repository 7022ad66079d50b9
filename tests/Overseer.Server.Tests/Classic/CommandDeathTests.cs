using System.Text.Json.Nodes;
using Overseer.Server.Tests.Faults;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Classic;

/// <summary>Commands and the death of the server: what to run again is stored.</summary>
public sealed class CommandDeathTests
{
    [Fact]
    public async Task A_command_that_waits_for_its_restart_is_run_again_by_the_next_server_and_one_that_was_given_up_is_reset()
    {
        await using var site = new Site("commands: any");
        await site.StartAsync();
        await using (var client = await site.ConnectAsync())
        {
            await client.AskAsync(
                "start",
                ("command", "sh"), ("args", new JsonArray("-c", $"echo \"$0\" \"$1\"; [ -e {site.PathOf("again")} ] || exit 1; exec sleep 1000", "arg 0", "ärg 1")),
                ("task_id", "waits"), ("retry_policy", new JsonObject { ["restart_delay"] = "2s" }));
            await client.ExpectAsync("restarting", "waits");
            await client.AskAsync("start", ("command", "false"), ("task_id", "errored"), ("retry_policy", new JsonObject { ["error_threshold"] = 1 }));
            await client.ExpectAsync("errored", "errored");
        }

        await site.KillServerAsync();
        await File.WriteAllTextAsync(site.PathOf("again"), "");
        site.Configure("commands: none");
        await site.StartAsync();

        await using var next = await site.ConnectAsync();
        await next.AskAsync("subscribe", ("task_id", "waits"), ("from_seq", 2));
        Assert.Equal("arg 0 ärg 1", (await next.ExpectAsync("output", "waits")).Data);
        var tasks = await next.ListAsync();
        Assert.Equal(["command sh active", "command false errored"], tasks.Select(task => $"{task.Text("action")} {task.Text("command")} {task.Text("state")}"));
        Assert.Equal("ärg 1", tasks[0].Json.GetProperty("args")[3].GetString());

        // What is under way goes on; a request is judged by what is configured now.
        Assert.Contains("commands: none", (await next.AskAsync("reset", ("task_id", "errored"))).Message, StringComparison.Ordinal);
        await site.KillServerAsync();
        site.Configure("commands: any");
        await site.StartAsync();
        await using var last = await site.ConnectAsync();
        Assert.Equal("started", (await last.AskAsync("reset", ("task_id", "errored"))).Type);
        await last.ExpectAsync("errored", "errored");
    }
}
