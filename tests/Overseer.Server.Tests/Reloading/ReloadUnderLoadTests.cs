using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Overseer.Server.Tests.Faults;
using Overseer.Server.Tests.Harness;
using static Overseer.Server.Tests.Reloading.Reloads;

namespace Overseer.Server.Tests.Reloading;

/// <summary>Right and wrong configurations in turn, while tasks are started, print, exit and are restarted, and everything they do is watched.</summary>
public sealed class ReloadUnderLoadTests
{
    private const int Times = 200;
    private const int Printers = 3;

    private readonly ConcurrentDictionary<string, long> _seen = new(StringComparer.Ordinal);

    [Fact]
    public async Task Two_hundred_reloads_touch_no_task_and_lose_no_message()
    {
        await using var site = new Site(actions: Right(0));
        await site.StartAsync();
        await using var admin = await site.ConnectAsync();
        var enough = site.PathOf("enough");

        // Each of these prints the numbers of its lines, whatever is done to its action.
        List<(string Task, int Pid, Task Watching)> printers = [];
        for (var i = 0; i < Printers; i++)
        {
            var client = await site.ConnectAsync();
            var started = await client.StartAsync("printer", $"printer{i}", $"i=0; while [ ! -e {enough} ]; do n=0; while [ $n -lt 20 ]; do n=$((n+1)); i=$((i+1)); echo $i; done; sleep 0.02; done");
            printers.Add(($"printer{i}", started.Pid, WatchPrinterAsync(client, $"printer{i}")));
        }

        var filtered = await site.ConnectAsync();
        var filteredPid = (await filtered.StartAsync("filtered", "filtered", $"while [ ! -e {enough} ]; do echo a; echo b; echo c; sleep 0.01; done")).Pid;
        var watchingFiltered = WatchSeqAsync(filtered, "filtered");
        var restarted = await site.ConnectAsync();
        await restarted.StartAsync("restarted", "restarted", $"echo 1; echo 2; [ ! -e {enough} ] || sleep 1000");
        var watchingRestarts = WatchRestartsAsync(restarted);
        var starting = StartOnAsync(await site.ConnectAsync(), enough);

        // More of them where the tasks have got little of the machine.
        var begin = Stopwatch.GetTimestamp();
        for (var i = 1; i <= Times || !MuchWasSeen(); i++)
        {
            Assert.True(i <= Times || Stopwatch.GetElapsedTime(begin) < 2 * WireClient.Deadline, $"only this was seen: {string.Join(", ", _seen)}");
            await File.WriteAllTextAsync(site.Config, i % 2 == 0 ? "listen: \"127.0.0.1:0\"\n" + Right(i) : Wrong(i), TestContext.Current.CancellationToken);
            if (i % 10 == 5)
            {
                site.Server.Signal("HUP");
            }

            var answer = await admin.ReloadAsync();
            Assert.Equal(i % 2 == 0, answer.Json.GetProperty("applied").GetBoolean());
            Assert.Equal(i % 2 == 0, answer.Texts("errors").Length == 0);
            Assert.DoesNotContain(answer.Texts("restart"), text => text.StartsWith("task ", StringComparison.Ordinal));
        }

        var states = (await admin.ListAsync()).ToDictionary(task => task.TaskId!, task => (task.Text("state"), task.Number("current_pid"), task.Number("restart_count")));
        Assert.All(printers, printer => Assert.Equal(("active", printer.Pid, 0L), states[printer.Task]));
        Assert.Equal(("active", filteredPid, 0L), states["filtered"]);
        await File.WriteAllTextAsync(enough, "", TestContext.Current.CancellationToken);
        foreach (var printer in printers)
        {
            await printer.Watching;
        }

        await watchingFiltered;
        Assert.InRange(await starting, 20, int.MaxValue);
        await admin.SendAsync("stop", ("task_id", "restarted"), ("grace", "0"));
        Assert.InRange(await watchingRestarts, 10, int.MaxValue);
    }

    private bool MuchWasSeen() =>
        Enumerable.Range(0, Printers).Select(i => $"printer{i}").Append("filtered").All(task => _seen.GetValueOrDefault(task) >= 100) && _seen.GetValueOrDefault("restarted") >= 10 && _seen.GetValueOrDefault("short") >= 20;

    /// <summary>A configuration in which nothing is wrong, another for each number; what the tasks' processes are is always the same.</summary>
    private static string Right(int number)
    {
        string[] filters = ["", "stdout_condition: 'output.data != \"b\"'", "stdout_condition: 'output.data == \"c\"'"];
        var (a, b, c) = (number / 2 % 2, number / 2 % 3, number / 2 % 5);
        return Yaml(
            $"limits: {{max_tasks: {1000 + number}, journal_bytes: {1 + a}GiB}}\ntask_pool: {{size: {50 + c}, queue_size: {10 + a}}}",
            Action("printer", more: $"tags: [t{b}]\nmeta: {{description: d{number}}}\nretry: {{restart_delay: {1 + c}s}}\ntask_pool: {{size: {10 + b}}}"),
            Action("filtered", config: filters[b]),
            Action("restarted", more: $"retry: {{restart_delay: {10 + c}ms}}\ngroups: [g{c}]"),
            Action("short", more: $"dedupe_key: [{(a == 0 ? "none" : "other")}]\ntask_pool: {{size: {1 + b}, queue_size: 0}}"),
            a == 0 ? Action("comes") : Action("goes"));
    }

    private static string Wrong(int number) => (number / 2 % 4) switch
    {
        0 => Right(0) + "\nnonsense: true\n",
        1 => Yaml("", Action("printer", config: "stdout_condition: 'output.nothing ='")),
        2 => "actions: [",
        _ => Yaml("listen: [nowhere://]", Action("other", more: "task_pool: {size: -1}")),
    };

    private async Task WatchPrinterAsync(WireClient client, string task)
    {
        await using (client)
        {
            var last = await WatchAsync(client, task, (line, seq) => Assert.Equal(seq.ToString(CultureInfo.InvariantCulture), line.Data));
            Assert.InRange(last, 100, long.MaxValue);
        }
    }

    private async Task WatchSeqAsync(WireClient client, string task)
    {
        await using (client)
        {
            var last = await WatchAsync(client, task, static (_, _) => { });
            Assert.InRange(last, 100, long.MaxValue);

            // Whoever comes late is told the same.
            await client.AskAsync("subscribe", ("task_id", task), ("from_seq", 1));
            var again = await WatchAsync(client, task, static (_, _) => { });
            Assert.Equal(last, again);
        }
    }

    private async Task<long> WatchAsync(WireClient client, string task, Action<WireMessage, long> check)
    {
        var seq = 0L;
        while (true)
        {
            var message = await client.ReadAsync();
            Assert.NotEqual("gap", message.Type);
            if (message.Is("exited", task))
            {
                return seq;
            }

            if (message.Is("output", task))
            {
                Assert.Equal(++seq, message.Seq);
                check(message, seq);
                _seen[task] = seq;
            }
        }
    }

    /// <summary>Each life of the task is whole: started, two lines, exited, restarting. Until somebody stops it.</summary>
    private async Task<int> WatchRestartsAsync(WireClient client)
    {
        await using (client)
        {
            var (seq, lives, pid) = (0L, 0, 0);
            string[] order = ["output", "output", "exited", "restarting", "started"];
            for (var step = 0; ; step++)
            {
                var message = await client.ExpectAsync("anything of it", message => message.TaskId == "restarted");
                if (message is { Type: "exited", Intentional: true } or { Type: "dequeued" })
                {
                    return lives;
                }

                Assert.Equal(order[step % order.Length], message.Type);
                switch (message.Type)
                {
                    case "output":
                        Assert.Equal(++seq, message.Seq);
                        Assert.Equal(step % order.Length == 0 ? "1" : "2", message.Data);
                        break;
                    case "exited":
                        pid = message.Pid;
                        break;
                    case "started":
                        Assert.Equal(pid, message.Number("restart_of"));
                        _seen["restarted"] = ++lives;
                        break;
                }
            }
        }
    }

    /// <summary>Starts short tasks one after the other: each answered, each with all its lines.</summary>
    private async Task<int> StartOnAsync(WireClient client, string enough)
    {
        await using (client)
        {
            var count = 0;
            for (; !File.Exists(enough); _seen["short"] = ++count)
            {
                var id = await client.SendAsync("start", ("action", "short"), ("task_id", $"short{count}"), ("params", new JsonObject { ["script"] = "echo x; echo y" }));
                var life = await client.UntilAsync("exited", $"short{count}");
                Assert.Equal(["started", "output", "output", "exited"], life.Where(message => message.TaskId is not null).Select(message => message.Type));
                Assert.Equal(id, life.Single(message => message.Type == "started").Id);
            }

            return count;
        }
    }
}
