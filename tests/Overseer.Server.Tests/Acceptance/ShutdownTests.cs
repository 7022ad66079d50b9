using System.Diagnostics;
using System.Net;
using Overseer.Hosting;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Acceptance;

/// <summary>A server that ends takes its tasks with it, tells those who listen, and leaves no process and no socket.</summary>
public sealed class ShutdownTests : IDisposable
{
    private static readonly TimeSpan FewSeconds = TimeSpan.FromSeconds(30);

    private readonly string _place = Directory.CreateTempSubdirectory("overseer-shutdown-").FullName;

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_ends_the_server_and_everything_it_runs(string signal)
    {
        await using var server = await BeginAsync("");
        await using var client = await WireClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, await server.ReadyAsync()));
        var life = new Fifo(Path.Combine(_place, "life"));
        var gone = life.Gone();
        await client.StartShellAsync("obedient", $"exec 9> {life.Path}; setsid sleep 1000 & echo ready; wait");
        await client.ExpectAsync("output", "obedient");
        await client.StartShellAsync("ended", "exit 0");
        await client.ExpectAsync("exited", "ended");

        server.Signal(signal);
        var exited = await client.ExpectAsync("exited", "obedient");
        var (code, _, error) = await server.EndAsync();

        Assert.Equal(("SIGTERM", true), (exited.Signal, exited.Intentional));
        Assert.Equal((int?)1001, (int?)await CloseCodeAsync(client));
        await gone;
        await AssertNothingLeftAsync(code, error);
    }

    [Fact]
    public async Task A_deaf_task_holds_the_server_no_longer_than_its_grace_time()
    {
        await using var server = await BeginAsync("shutdown: {grace: 500ms}");
        await using var client = await WireClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, await server.ReadyAsync()));
        var life = new Fifo(Path.Combine(_place, "life"));
        var gone = life.Gone();
        await client.StartShellAsync("deaf", $"exec 9> {life.Path}; trap '' TERM INT; setsid sleep 1000 & echo ready; wait; wait; sleep 1000");
        await client.ExpectAsync("output", "deaf");

        var begin = Stopwatch.GetTimestamp();
        server.Signal("TERM");
        var exited = await client.ExpectAsync("exited", "deaf");
        var (code, _, error) = await server.EndAsync();

        Assert.Equal("SIGKILL", exited.Signal);
        Assert.InRange(Stopwatch.GetElapsedTime(begin), TimeSpan.FromMilliseconds(400), FewSeconds);
        await gone;
        await AssertNothingLeftAsync(code, error);
    }

    [Fact]
    public async Task Signals_in_a_row_do_no_harm()
    {
        await using var server = await BeginAsync("");
        await using var client = await WireClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, await server.ReadyAsync()));
        await client.StartShellAsync("t", "exec sleep 1000");

        server.Signal("STOP");
        server.Signal("TERM");
        server.Signal("INT");
        server.Signal("CONT");
        var (code, _, error) = await server.EndAsync();

        await AssertNothingLeftAsync(code, error);
    }

    [Fact]
    public async Task Clients_that_do_not_read_or_answer_do_not_hold_the_server()
    {
        await using var server = await BeginAsync("");
        var address = new IPEndPoint(IPAddress.Loopback, await server.ReadyAsync());
        await using var starter = await WireClient.ConnectAsync(address);
        await using var mute = await RawConnection.OpenAsync(address);
        await using var half = await RawConnection.OpenAsync(address);
        await half.SendBytesAsync(RawConnection.Frame(RawConnection.Text, "{"u8, last: false));
        await using var many = new Crowd(await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => WireClient.ConnectAsync(address))));
        await starter.StartShellAsync("flood", "yes");
        await starter.ExpectAsync("output", "flood");

        var begin = Stopwatch.GetTimestamp();
        server.Signal("TERM");
        var (code, _, error) = await server.EndAsync();

        Assert.InRange(Stopwatch.GetElapsedTime(begin), TimeSpan.Zero, FewSeconds);
        await AssertNothingLeftAsync(code, error);
    }

    private static async Task<int?> CloseCodeAsync(WireClient client)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        try
        {
            while (true)
            {
                await client.ReadBytesAsync(deadline.Token);
            }
        }
        catch (System.Net.WebSockets.WebSocketException)
        {
            return (int?)client.Socket.CloseStatus;
        }
    }

    private sealed class Crowd(WireClient[] clients) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var client in clients)
            {
                await client.DisposeAsync();
            }
        }
    }

    private async Task<ServerProcess> BeginAsync(string yaml)
    {
        var file = Path.Combine(_place, "overseer.yaml");
        await File.WriteAllTextAsync(file, $"listen: 127.0.0.1:0\n{yaml}\n{RunningServer.Shell}");
        return ServerProcess.Begin(ServerProcess.Program, "serve", "--config", file, "--state-dir", Path.Combine(_place, "state"), "--runtime-dir", Path.Combine(_place, "run"));
    }

    private async Task AssertNothingLeftAsync(int code, string error)
    {
        Assert.True(code == ExitCodes.Ok, $"exit code {code}: {error}");
        Assert.DoesNotContain("\"LogLevel\":\"Error\"", error, StringComparison.Ordinal);
        await ServerProcess.NobodyLeftAsync(_place);
        Assert.Empty(Directory.GetFiles(Path.Combine(_place, "run"), "*.sock"));
    }
}
