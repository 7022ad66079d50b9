using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Streaming;

[Collection(Alone.Name)]
public sealed class EndedTasksTests
{
    private const int TaskCount = 400;

    [Fact]
    public async Task Ended_tasks_hold_no_descriptors_although_their_starter_is_still_subscribed()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await EndAsync(client, 0, 20);
        var before = Descriptors();
        await EndAsync(client, 20, TaskCount);

        // The recorder keeps some idle journals open, the collector may not have been there yet; what must not be is one for each task.
        Assert.InRange(Descriptors() - before, int.MinValue, TaskCount / 2);
    }

    private static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;

    private static async Task EndAsync(WireClient client, int first, int last)
    {
        for (var i = first; i < last; i++)
        {
            Assert.Equal("started", (await client.StartShellAsync($"t{i}", "echo $$")).Type);
            await client.ExpectAsync("exited", $"t{i}");
        }
    }
}
