namespace Overseer.Server.Tests.Harness;

public sealed class WireClientTests
{
    [Fact]
    public async Task A_client_starts_a_task_and_sees_its_life()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();

        var started = await client.StartShellAsync("t", "echo one; echo two >&2; exit 3");
        var life = await client.UntilAsync("exited", "t");

        Assert.Equal("started", started.Type);
        Assert.Equal(["stderr two", "stdout one"], life.SkipLast(1).Select(line => $"{line.Stream} {line.Data}").Order(StringComparer.Ordinal));
        Assert.Equal(3, life[^1].ExitCode);
    }
}
