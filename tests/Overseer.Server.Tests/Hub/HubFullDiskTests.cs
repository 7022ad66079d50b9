using System.Diagnostics;
using System.Net.Sockets;
using Overseer.Server.Tests.Faults;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Hub;

/// <summary>The hub's disk is full in the middle of a delivery: whatever was refused can be sent again, and then each message is there once.</summary>
public sealed class HubFullDiskTests
{
    private const int Megabytes = 16;
    private const string Id = "0e984725-c51c-4bf4-9960-e1c80e27aba0";
    private static readonly string Padding = new('x', 500);

    [Fact]
    public async Task Behind_a_message_that_is_not_stored_none_of_its_delivery_is_kept_until_it_comes_again()
    {
        await using var site = new Site();
        var disk = site.Mount(Disk.Small(site.State, Megabytes));
        await site.StartAsync();
        await using var producer = await ConnectAsync(site);
        await SendAsync(producer, 1);
        Assert.Equal(1, await KeptAsync(producer));
        disk.Fill();
        var refused = 1;
        do
        {
            refused++;
            await SendAsync(producer, refused);
        }
        while (await KeptAsync(producer) == refused);

        // Now there is room again; what was on its way behind it, whatever it is, must not be kept all the same.
        disk.Empty();
        await SendAsync(producer, refused + 2);
        Assert.Contains($"again from {refused} on", (await producer.HearErrorAsync("NOT_STORED")).Data("error"), StringComparison.Ordinal);
        await producer.SayAsync("COMPLETE", "box", """{"exitCode":0}""", Number(refused + 3));
        await producer.HearErrorAsync("NOT_STORED");
        await SendAsync(producer, refused + 1);
        await producer.HearErrorAsync("NOT_STORED");
        Assert.Equal(refused - 1, await KeptAsync(producer));

        // Neither other deliveries nor what is not numbered wait for that, nor what is there already.
        await producer.LogAsync("box", "another", ""","delivery":{"id":"1e984725-c51c-4bf4-9960-e1c80e27aba0","n":9}""");
        await producer.LogAsync("box", "not numbered");
        await SendAsync(producer, 1);
        for (var n = refused; n <= refused + 2; n++)
        {
            await SendAsync(producer, n);
        }

        Assert.Equal(refused + 2, await KeptAsync(producer));
        await producer.SayAsync("COMPLETE", "box", """{"exitCode":0}""", Number(refused + 3));
        var messages = await AllAsync(site);
        Assert.Equal(
            [.. Enumerable.Range(1, refused - 1).Select(Text), "another", "not numbered", .. Enumerable.Range(refused, 3).Select(Text)],
            messages.SkipLast(1).Select(message => message.Data("message")));
    }

    [Fact]
    public async Task A_stream_that_never_waits_for_an_answer_has_each_message_kept_once()
    {
        const int Messages = 20_000;
        await using var site = new Site();
        var disk = site.Mount(Disk.Small(site.State, Megabytes * 2));
        await site.StartAsync();
        await using var producer = await ConnectAsync(site);
        await SendAsync(producer, 1);
        Assert.Equal(1, await KeptAsync(producer));
        disk.Fill();

        // The disk has room again as soon as one is refused, and the rest comes into that.
        var heard = Task.Run(async () =>
        {
            await producer.HearErrorAsync("NOT_STORED");
            disk.Empty();
            return await producer.HearAsync("HEARTBEAT");
        });
        for (var n = 2; n <= Messages; n++)
        {
            await SendAsync(producer, n);
        }

        await producer.SayAsync("HEARTBEAT", "box", Asked);
        var last = Last(await heard);
        Assert.InRange(last, 1, Messages - 1);
        for (var n = last + 1; n <= Messages; n++)
        {
            await SendAsync(producer, (int)n);
        }

        Assert.Equal(Messages, await KeptAsync(producer));
        await producer.SayAsync("COMPLETE", "box", """{"exitCode":0}""", Number(Messages + 1));
        Assert.Equal(Enumerable.Range(1, Messages).Select(Text), (await AllAsync(site)).SkipLast(1).Select(message => message.Data("message")));
    }

    [Fact]
    public async Task A_reporter_brings_every_line_once_however_often_the_disk_is_full()
    {
        await using var site = new Site();
        var disk = site.Mount(Disk.Small(site.State, Megabytes * 4));
        await site.StartAsync();
        using var report = Report(site, $"i=0; while [ ! -e {site.PathOf("enough")} ]; do i=$((i+1)); printf '%d {Padding}\\n' $i; [ $((i % 20)) -gt 0 ] || sleep 0.01; done; echo $i > {site.PathOf("count")}; exit 7");
        var complaints = report.StandardError.ReadToEndAsync();
        await using var viewer = await ConnectAsync(site);
        await viewer.SayAsync("SUBSCRIBE", "box", """{"from_seq":1}""");
        var messages = await viewer.UntilAsync("some lines", message => message.Data("message")?.StartsWith("50 ", StringComparison.Ordinal) == true);
        for (var i = 0; i < 4; i++)
        {
            var before = await RefusalsAsync(site);
            disk.Fill();
            await UntilAsync(async () => await RefusalsAsync(site) > before);
            disk.Empty();
            messages.AddRange(await viewer.UntilAsync("a line", message => message.Type == "LOG"));
        }

        await File.WriteAllTextAsync(site.PathOf("enough"), "");
        messages.AddRange(await viewer.UntilAsync("the end", message => message.Type == "COMPLETE"));
        await report.WaitForExitAsync().WaitAsync(WireClient.Deadline);

        Assert.Equal(7, report.ExitCode);
        Assert.Contains("NOT_STORED", await complaints, StringComparison.Ordinal);
        var count = int.Parse(await site.FileAsync("count"), System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(Enumerable.Range(1, count).Select(n => $"{n} {Padding}"), messages.Where(message => message.Type == "LOG").Select(message => message.Data("message")));
        Assert.Equal(Enumerable.Range(1, messages.Count).Select(n => (long)n), messages.Select(message => message.Seq));
    }

    private const string Asked = $$$"""{"delivery":{"id":"{{{Id}}}"}}""";

    private static string Number(int n) => $$$""","delivery":{"id":"{{{Id}}}","n":{{{n}}}}""";

    private static string Text(int n) => $"{n} {Padding}";

    private static Task<WireClient> ConnectAsync(Site site) => HubWire.ConnectAsync(new UnixDomainSocketEndPoint(site.PathOf("run/overseer.sock")));

    private static Task SendAsync(WireClient producer, int n) => producer.LogAsync("box", Text(n), Number(n));

    private static async Task<long> KeptAsync(WireClient producer) => Last(await producer.SettleAsync("box", Asked));

    private static long Last(WireMessage heartbeat) => heartbeat.Json.GetProperty("data").GetProperty("delivery").GetProperty("n").GetInt64();

    /// <summary>Everything that the journal has, to the end of the report.</summary>
    private static async Task<List<WireMessage>> AllAsync(Site site)
    {
        await using var viewer = await ConnectAsync(site);
        await viewer.SayAsync("SUBSCRIBE", "box", """{"from_seq":1}""");
        var all = await viewer.UntilAsync("the end", message => message.Type == "COMPLETE");
        Assert.Equal(Enumerable.Range(1, all.Count).Select(n => (long)n), all.Select(message => message.Seq));
        return all;
    }

    /// <summary>How many answers said that something is not stored.</summary>
    private static async Task<double> RefusalsAsync(Site site) => (await site.MetricsAsync())["overseer_hub_errors_total{code=\"NOT_STORED\"}"];

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (!await condition())
        {
            Assert.False(deadline.IsCancellationRequested, "it does not come to that");
            await Task.Delay(10);
        }
    }

    private static Process Report(Site site, string script)
    {
        string[] arguments = ["report", "--hub", "unix:" + site.PathOf("run/overseer.sock"), "--container-id", "box", "--spool", site.PathOf("spool"), "-q", "--drain", "10m", "--", "sh", "-c", script];
        return Process.Start(new ProcessStartInfo(ServerProcess.Program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
    }
}
