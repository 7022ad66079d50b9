using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Faults;

/// <summary>A task has ended and is stored, and what it left behind prints on: nothing of that is lost when server and recorder die one after the other.</summary>
public sealed class DaemonTests
{
    [Fact]
    public async Task What_an_ended_task_left_behind_prints_on_without_a_hole()
    {
        await using var site = new Site();
        await site.StartAsync();
        await using (var client = await site.ConnectAsync())
        {
            await client.StartShellAsync("t", Daemon(site.Place));
            Assert.Equal(3, (await client.ExpectAsync("exited", "t")).ExitCode);
            await client.ExpectAsync("output", "t");
        }

        for (var round = 0; round < 2; round++)
        {
            await site.KillServerAsync();
            await site.StartAsync();
            await MoreAsync(site);
            var former = site.RecorderPid;
            site.KillRecorder();
            await site.NextRecorderAsync(former);
            await MoreAsync(site);
        }

        await File.WriteAllTextAsync(site.PathOf("enough"), "");
        var last = int.Parse(await site.FileAsync("last"), System.Globalization.CultureInfo.InvariantCulture);
        await using var again = await site.ConnectAsync();
        Assert.Equal(("stopped", (long?)3), (Assert.Single(await again.ListAsync()).Text("state"), (await again.ListAsync())[0].Number("last_exit_code")));
        await again.AskAsync("subscribe", ("task_id", "t"), ("from_seq", 1));
        var events = await again.UntilAsync("the last line", message => message.Seq == 2 * last);
        var expected = Enumerable.Range(1, last).Select(i => $"{i}").ToList();
        Assert.Equal(expected, events.Where(e => e.Stream == "stdout").Select(e => e.Data));
        Assert.Equal(expected, events.Where(e => e.Stream == "stderr").Select(e => e.Data));
        Assert.Equal(Enumerable.Range(1, 2 * last).Select(i => (long)i), events.Where(e => e.Type == "output").Select(e => e.Seq));
        Assert.Single(events, e => e.Type == "exited");
        Assert.DoesNotContain(events, e => e.Type == "gap");
    }

    /// <summary>Leaves behind who prints numbers, and tells in a file how far it has come in the end.</summary>
    private static string Daemon(string place) =>
        $"(i=0; while [ ! -e {place}/enough ]; do i=$((i+1)); echo $i; echo $i >&2; sleep 0.05; done; echo $i > {place}/last.new; mv {place}/last.new {place}/last) & exit 3";

    /// <summary>Waits for some lines that were printed after this was called.</summary>
    private static async Task MoreAsync(Site site)
    {
        await using var client = await site.ConnectAsync();
        await client.AskAsync("subscribe", ("task_id", "t"));
        for (var i = 0; i < 4; i++)
        {
            await client.ExpectAsync("output", "t");
        }
    }
}
