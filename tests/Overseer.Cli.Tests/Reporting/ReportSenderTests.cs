using System.Buffers;
using System.Text;
using System.Text.Json;
using Overseer.Cli.Commands;
using Overseer.Cli.Reporting;
using Overseer.Cli.Reporting.Sending;
using Overseer.Cli.Reporting.Spooling;
using Overseer.Client;

namespace Overseer.Cli.Tests.Reporting;

public sealed class ReportSenderTests : IDisposable
{
    private const int Lines = 3000;

    private readonly string _directory = Directory.CreateTempSubdirectory("overseer-sender-").FullName;
    private readonly ReportText _text = new("box", TimeProvider.System);
    private readonly List<string> _complaints = [];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Each_message_arrives_once_and_in_order_however_often_the_connection_breaks(int seed)
    {
        var random = new Random(seed);
        int breaks = 30;
        await using var hub = new TestHub { Break = () => --breaks < 0 ? null : (random.Next(1, 400), random.Next(2) == 0) };
        using Spool spool = Open("own");
        using ReportSender sender = To(hub, [], spool);

        Task sending = sender.RunAsync(CancellationToken.None);
        for (int n = 1; n <= Lines; n++)
        {
            Put(spool, RecordKind.Line, to => _text.Line(to, false, Encoding.UTF8.GetBytes($"{n}"), false));
            if (n % 100 == 0)
                sender.Notify();
        }
        Put(spool, RecordKind.Last, to => _text.Complete(to, 0, "done", TimeSpan.Zero));
        sender.Finish();
        await sending.WaitAsync(TestHub.Deadline);

        List<JsonElement> kept = await hub.UntilAsync("complete");
        Assert.Equal(Enumerable.Range(1, Lines + 1), kept.Select(message => message.GetProperty("delivery").GetProperty("n").GetInt32()));
        Assert.Equal(Enumerable.Range(1, Lines), kept.SkipLast(1).Select(message => int.Parse(message.GetProperty("data").GetProperty("message").GetString()!)));
        Assert.True(hub.Connections > 5, $"{hub.Connections} connections");
        Assert.True(spool.IsDrained);
    }

    [Fact]
    public async Task A_hub_that_knows_of_no_deliveries_gets_everything_too()
    {
        await using var hub = new TestHub { IsPlain = true };
        using Spool spool = Open("own");
        using ReportSender sender = To(hub, [], spool);
        PutLines(spool, 500);
        sender.Finish();

        await sender.RunAsync(CancellationToken.None).WaitAsync(TestHub.Deadline);

        Assert.True(spool.IsDrained);
        Assert.Equal(500, hub.Texts.Count(text => text.Contains("\"delivery\"", StringComparison.Ordinal) && text.StartsWith("{\"type\":\"log\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_earlier_reporters_have_left_comes_first_and_is_removed()
    {
        await using var hub = new TestHub();
        using Spool first = Open("first");
        using Spool second = Open("second");
        using Spool own = Open("own");
        PutLines(first, 3);
        PutLines(second, 2);
        PutLines(own, 1);
        using ReportSender sender = To(hub, [first, second], own);
        sender.Finish();

        await sender.RunAsync(CancellationToken.None).WaitAsync(TestHub.Deadline);

        var ids = new List<string>();
        for (int i = 0; i < 6; i++)
            ids.Add((await hub.NextAsync()).GetProperty("delivery").GetProperty("id").GetString()!);
        Assert.Equal(["first", "first", "first", "second", "second", "own"], ids);
        Assert.Empty(Directory.GetFiles(Path.Combine(_directory, "first")));
    }

    [Fact]
    public async Task A_line_too_large_for_the_hub_is_replaced_and_the_rest_goes_on()
    {
        await using var hub = new TestHub { MaxBytes = 2000 };
        using Spool spool = Open("own");
        PutLines(spool, 2);
        Put(spool, RecordKind.Line, to => _text.Line(to, false, new byte[3000].Select(_ => (byte)'x').ToArray(), false));
        PutLines(spool, 2);
        using ReportSender sender = To(hub, [], spool);
        sender.Finish();

        await sender.RunAsync(CancellationToken.None).WaitAsync(TestHub.Deadline);

        var texts = new List<string>();
        for (int i = 0; i < 5; i++)
            texts.Add((await hub.NextAsync()).GetProperty("data").GetProperty("message").GetString()!);
        Assert.Contains("too large for the hub", texts[2], StringComparison.Ordinal);
        Assert.Equal(["line 1", "line 2", "line 1", "line 2"], [.. texts[..2], .. texts[3..]]);
    }

    [Theory]
    [InlineData("MAX_SESSIONS")]
    [InlineData("UNAUTHORIZED")]
    [InlineData("NOT_STORED")]
    public async Task A_hub_that_refuses_gets_everything_once_it_does_not(string code)
    {
        await using var hub = new TestHub { Refuse = (5, code, 0) };
        using Spool spool = Open("own");
        PutLines(spool, 500);
        using ReportSender sender = To(hub, [], spool);
        sender.Finish();

        await sender.RunAsync(CancellationToken.None).WaitAsync(TestHub.Deadline);

        for (int n = 1; n <= 500; n++)
            Assert.Equal(n, (await hub.NextAsync()).GetProperty("delivery").GetProperty("n").GetInt32());
        Assert.Equal(6, hub.Connections);
        Assert.Contains(code, Assert.Single(_complaints), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_line_that_the_hub_refuses_for_its_size_is_counted(int after)
    {
        await using var hub = new TestHub { Refuse = (1, HubLink.LineTooLarge, after) };
        using Spool spool = Open("own");
        PutLines(spool, after);
        Put(spool, RecordKind.Line, to => _text.Line(to, false, new byte[500].Select(_ => (byte)'x').ToArray(), false));
        PutLines(spool, 2 - after);
        using ReportSender sender = To(hub, [], spool);

        Task sending = sender.RunAsync(CancellationToken.None);
        var texts = new List<string>();
        for (int i = 0; i < 3; i++)
            texts.Add((await hub.NextAsync()).GetProperty("data").GetProperty("message").GetString()!);
        sender.Finish();
        await sending.WaitAsync(TestHub.Deadline);

        Assert.Single(texts, text => text.Contains("too large for the hub", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_hub_that_is_away_is_complained_of_once()
    {
        var gone = new TestHub();
        await gone.DisposeAsync();
        using Spool spool = Open("own");
        PutLines(spool, 1);
        using ReportSender sender = To(gone, [], spool);
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sender.RunAsync(enough.Token));

        Assert.Contains("no server is running", Assert.Single(_complaints), StringComparison.Ordinal);
    }

    private static void Put(Spool spool, RecordKind kind, Action<IBufferWriter<byte>> write)
    {
        var message = new ArrayBufferWriter<byte>();
        write(message);
        spool.Add(kind, message.WrittenSpan);
        spool.Commit();
    }

    private void PutLines(Spool spool, int count)
    {
        for (int n = 1; n <= count; n++)
            Put(spool, RecordKind.Line, to => _text.Line(to, false, Encoding.UTF8.GetBytes($"line {n}"), false));
    }

    private Spool Open(string id)
        => Spool.Open(id, new SpoolPlace(Directory.CreateDirectory(Path.Combine(_directory, id)).FullName), 8 << 20, _text.Lost, null, out _);

    private ReportSender To(TestHub hub, IEnumerable<Spool> earlier, Spool own)
    {
        var options = new SenderOptions
        {
            Hub = ReportCommand.HubOf(hub.Address),
            Client = new OverseerClientOptions { FirstPause = TimeSpan.FromMilliseconds(5), LongestPause = TimeSpan.FromMilliseconds(50) },
            AskEvery = TimeSpan.FromMilliseconds(20),
            Window = 32 * 1024,
            Random = new Random(7),
        };
        return new ReportSender(options, _text, earlier, own, text =>
        {
            lock (_complaints)
                _complaints.Add(text);
        });
    }
}
