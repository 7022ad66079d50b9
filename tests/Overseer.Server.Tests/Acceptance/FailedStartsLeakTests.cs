using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Acceptance;

[Collection(nameof(Alone))]
public sealed class FailedStartsLeakTests
{
    [Fact]
    public async Task A_thousand_failed_starts_leave_no_descriptor_no_task_and_no_journal()
    {
        await using var server = await RunningServer.StartAsync("actions: {run: {type: exec, config: {entrypoint: /no/such/program}}}");
        await using var client = await server.ConnectAsync();
        await client.AskAsync("start", ("action", "run"));
        var before = Descriptors();

        for (var i = 0; i < 1000; i++)
        {
            await client.SendAsync($$"""{"type":"start","id":"s{{i}}","action":"run"}""");
        }

        // Two of them may be answered out of turn, so all are counted.
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal("error", (await client.ReadAsync()).Type);
        }

        Assert.Empty(await client.ListAsync());
        // The recorder closes the journals, and the pool deletes them, a moment after the answers; nobody is told of it.
        await SettlesAsync(Descriptors, before + 20);
        await SettlesAsync(() => Directory.GetDirectories(server.Places.JournalDirectory).Length, 20);
    }

    private static async Task SettlesAsync(Func<int> count, int most)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (count() > most)
        {
            Assert.False(deadline.IsCancellationRequested, $"{count()} are left, more than {most}");
            await Task.Delay(20);
        }
    }

    private static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;
}
