using System.Diagnostics;
using System.Text.Json.Nodes;
using Overseer.Server.Tests.Faults;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Registry;

/// <summary>Many adopted processes die at once.</summary>
[Collection(nameof(Alone))]
public sealed class ManyDeathsTests(ITestOutputHelper output)
{
    private const int Count = 3000;

    [Fact]
    public async Task Three_thousand_deaths_are_noticed_at_once_and_cost_little()
    {
        await using var site = new Site();
        await using var sleepers = await Foreigner.StartAsync(Count, "setsid", "python3", "-c", AdderDeathTests.Forks(Count));
        await site.StartAsync();
        await using var client = await site.ConnectAsync();
        foreach (var pid in sleepers.Pids)
        {
            await client.SendAsync("adopt", ("pid", pid), ("tags", new JsonArray("many")));
        }

        for (var i = 0; i < Count; i++)
        {
            await client.ExpectAsync("adopted", message => message.Type == "adopted");
        }

        await client.AskAsync("subscribe", ("tag", "many"));
        var cpu = Cpu(site.Server.Id);
        var begin = Stopwatch.GetTimestamp();
        foreach (var pid in sleepers.Pids)
        {
            Foreigner.Signal(Foreigner.Kill, pid);
        }

        var killed = Stopwatch.GetElapsedTime(begin);
        var codes = new List<(int? Code, string? Signal)>();
        for (var i = 0; i < Count; i++)
        {
            var exited = await client.ExpectAsync("exited", message => message.Type == "exited");
            codes.Add((exited.ExitCode, exited.Signal));
        }

        var noticed = Stopwatch.GetElapsedTime(begin);
        var spent = Cpu(site.Server.Id) - cpu;
        output.WriteLine($"{Count} killed in {killed.TotalMilliseconds:F0} ms, all told after {noticed.TotalMilliseconds:F0} ms, {spent.TotalMilliseconds:F0} ms of processor time");

        // Whose parent was slow to wait for it has its code later.
        Assert.All(codes, code => Assert.True(code is (-1, "SIGKILL" or null), $"{code}"));
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        IReadOnlyList<WireMessage> tasks;
        while ((tasks = await client.ListAsync(("tag", "many"))).Any(task => task.Text("last_signal") != "SIGKILL"))
        {
            Assert.False(deadline.IsCancellationRequested, "the codes of some were never learnt");
            await Task.Delay(50);
        }

        Assert.Equal(Count, tasks.Count);
        Assert.All(tasks, task => Assert.Equal("stopped", task.Text("state")));

        // Alone on a machine of two cores: well below a second and half a second of processor time. Here others are at work.
        Assert.InRange(noticed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        Assert.InRange(spent, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    private static TimeSpan Cpu(int pid)
    {
        using var process = Process.GetProcessById(pid);
        return process.TotalProcessorTime;
    }
}
