using System.Text.Json.Nodes;
using Overseer.Server.Tests.Faults;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Registry;

/// <summary>Adopted processes over the deaths of servers.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task The_next_server_knows_them_again_and_says_who_died_meanwhile_but_not_of_what()
    {
        await using var site = new Site();
        await using var sleepers = await Foreigner.StartAsync("for i in 1 2 3; do sleep 1000 & echo $!; done; wait", 3);
        await site.StartAsync();
        await using (var client = await site.ConnectAsync())
        {
            for (var i = 0; i < 3; i++)
            {
                Assert.Equal("adopted", (await client.AskAsync("adopt", ("pid", sleepers.Pids[i]), ("name", $"n{i}"), ("tags", new JsonArray("t")))).Type);
            }

            await client.AskAsync("subscribe", ("tag", "t"));
            Foreigner.Signal(Foreigner.Term, sleepers.Pids[0]);
            await client.ExpectAsync("exit", message => message.Type == "exited");
            await site.KillServerAsync();
        }

        Foreigner.Signal(Foreigner.Kill, sleepers.Pids[1]);
        await Foreigner.DeadAsync(sleepers.Pids[1]);
        await site.StartAsync();
        await using (var client = await site.ConnectAsync())
        {
            var tasks = await client.ListAsync(("tag", "t"));
            Assert.Equal(
                [(1, "n0", "stopped", "SIGTERM"), (2, "n1", "stopped", null), (3, "n2", "active", null)],
                tasks.Select(task => (task.Number("number"), task.Text("name"), task.Text("state"), task.Text("last_signal"))));
            Assert.Null(tasks[1].Number("last_exit_code"));
            await client.AskAsync("subscribe", ("task_id", tasks[2].TaskId));
            await client.SendAsync("stop", ("task_id", tasks[2].TaskId));
            Assert.Equal("SIGTERM", (await client.ExpectAsync("exited", tasks[2].TaskId!)).Signal);
        }

        await site.Server.DisposeAsync();
        Assert.Equal(["stopped", "stopped", "stopped"], await StatesAsync(site));
    }

    [Fact]
    public async Task When_the_server_is_stopped_adopted_processes_go_on()
    {
        await using var site = new Site();
        await using var sleeper = await Foreigner.SleeperAsync();
        await site.StartAsync();
        await using (var client = await site.ConnectAsync())
        {
            await client.AskAsync("adopt", ("pid", sleeper.Pid));
        }

        site.Server.Signal("TERM");
        Assert.Equal(0, (await site.Server.EndAsync()).Code);
        Assert.True(Foreigner.Lives(sleeper.Pid));
        Assert.Equal(["active"], await StatesAsync(site));
    }

    private static async Task<IReadOnlyList<string?>> StatesAsync(Site site)
    {
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        return [.. (await client.ListAsync()).Select(task => task.Text("state"))];
    }
}
