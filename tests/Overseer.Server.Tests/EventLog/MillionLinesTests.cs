using System.Diagnostics;
using System.Text;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.EventLog;

[Collection(nameof(Alone))]
public sealed class MillionLinesTests(ITestOutputHelper output)
{
    private const int Lines = 1_000_000;

    [Fact]
    public async Task A_million_lines_are_in_the_log_to_the_byte_as_a_subscriber_got_them()
    {
        await using var server = await RunningServer.StartAsync(place => $"log_file: {{path: {place}/events.jsonl, max_bytes: 0}}\n" + RunningServer.Shell);
        await using var client = await server.ConnectAsync();
        var watch = Stopwatch.StartNew();
        await client.StartShellAsync("flood", $"seq 1 {Lines}");
        using var seen = new MemoryStream(200 << 20);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        for (var messages = 0; messages <= Lines; messages++)
        {
            var bytes = await client.ReadBytesAsync(deadline.Token);
            seen.Write(bytes.Span);
            seen.WriteByte((byte)'\n');
        }

        output.WriteLine($"the subscriber has all after {watch.Elapsed}");
        var log = server.PathOf("events.jsonl");
        while (new FileInfo(log).Length < seen.Length)
        {
            await Task.Delay(10, deadline.Token);
        }

        // The file is complete only with what comes after the last of these bytes: the start is in front of them.
        await using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var first = new StreamReader(file, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, bufferSize: 1024, leaveOpen: true);
        var started = (await first.ReadLineAsync(deadline.Token))!;
        Assert.StartsWith("{\"type\":\"started\",\"task_id\":\"flood\"", started, StringComparison.Ordinal);
        while (file.Length < seen.Length + started.Length + 1)
        {
            await Task.Delay(10, deadline.Token);
        }

        output.WriteLine($"the log has all after {watch.Elapsed}");
        Assert.Equal(seen.Length + started.Length + 1, file.Length);
        file.Position = started.Length + 1;
        var expected = seen.GetBuffer().AsMemory(0, (int)seen.Length);
        var buffer = new byte[1 << 20];
        for (var at = 0; at < expected.Length;)
        {
            var read = await file.ReadAsync(buffer, deadline.Token);
            Assert.True(expected.Span.Slice(at, read).SequenceEqual(buffer.AsSpan(0, read)), $"they differ between {at} and {at + read}");
            at += read;
        }
    }
}
