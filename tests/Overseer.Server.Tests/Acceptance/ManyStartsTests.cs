using System.Text.Json.Nodes;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Acceptance;

public sealed class ManyStartsTests
{
    private const int Tasks = 2000;
    private const int Outstanding = 64;

    [Fact]
    public async Task The_starter_of_two_thousand_short_tasks_misses_nothing()
    {
        await using var server = await RunningServer.StartAsync("actions: {echo: {type: exec, config: {entrypoint: echo, command: ['[[.text]]'], parameters: {text: }}}}");
        await using var client = await server.ConnectAsync();
        var seen = new Dictionary<string, List<WireMessage>>(StringComparer.Ordinal);
        var sent = 0;
        while (sent < Outstanding)
        {
            await StartAsync();
        }

        for (var exited = 0; exited < Tasks;)
        {
            var message = await client.ReadAsync();
            var task = message.TaskId ?? throw new InvalidOperationException(message.ToString());
            if (!seen.TryGetValue(task, out var life))
            {
                seen[task] = life = [];
            }

            life.Add(message);
            if (message.Type != "exited")
            {
                continue;
            }

            exited++;
            if (sent < Tasks)
            {
                await StartAsync();
            }
        }

        Assert.Empty(await client.DrainAsync());
        Assert.Equal(Tasks, seen.Count);
        foreach (var (task, life) in seen)
        {
            Assert.Equal(["started", "output", "exited"], life.Select(message => message.Type));
            Assert.Equal((task, 1, "stdout", task), (life[0].Id, (int)life[1].Seq, life[1].Stream, life[1].Data));
            Assert.Equal((0, false, life[0].Pid, life[0].Pid), (life[2].ExitCode, life[2].Intentional, life[1].Pid, life[2].Pid));
        }

        var listed = await client.ListAsync();
        Assert.Equal(Tasks, listed.Count);
        Assert.All(listed, task => Assert.Equal(("stopped", 0L), (task.Text("state"), task.Number("last_exit_code"))));
        Assert.Equal(Enumerable.Range(1, Tasks).Select(i => (long?)i), listed.Select(task => task.Number("number")));

        Task StartAsync()
        {
            var id = $"t{++sent}";
            return client.SendAsync(new JsonObject { ["type"] = "start", ["id"] = id, ["task_id"] = id, ["action"] = "echo", ["params"] = new JsonObject { ["text"] = id } }.ToJsonString());
        }
    }
}
