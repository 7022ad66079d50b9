using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Overseer.Hosting.Systemd;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Faults;

/// <summary>What server and recorder tell a service manager, heard on a real datagram socket.</summary>
public sealed class ServiceTests : IDisposable
{
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("overseer-service-").FullName, "notify");
    private readonly Socket _manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public ServiceTests() => _manager.Bind(new UnixDomainSocketEndPoint(_path));

    public void Dispose()
    {
        _manager.Dispose();
        Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);
    }

    [Fact]
    public async Task A_server_says_when_it_is_ready_pinged_reloading_and_stopping()
    {
        await using var site = new Site("shutdown: stop");
        var server = await site.StartAsync("env", $"NOTIFY_SOCKET={_path}", "WATCHDOG_USEC=200000");
        Assert.Matches("^READY=1\nSTATUS=listens at ws://.* unix:.*overseer.sock$", await NextAsync("READY=1"));
        Assert.Equal("WATCHDOG=1", await NextAsync("WATCHDOG=1"));
        Assert.Equal("WATCHDOG=1", await NextAsync("WATCHDOG=1"));

        server.Signal("HUP");
        const string Begin = "RELOADING=1\nMONOTONIC_USEC=";
        Assert.InRange(long.Parse((await NextAsync(Begin))[Begin.Length..], System.Globalization.CultureInfo.InvariantCulture), 1, Environment.TickCount64 * 1000 + 1_000_000);
        Assert.Equal("READY=1\nSTATUS=goes by the configuration as it is now; differences: 0", await NextAsync("READY=1"));

        await File.AppendAllTextAsync(site.Config, "\nnonsense: 1\n");
        server.Signal("HUP");
        await NextAsync("RELOADING=1");
        Assert.Contains("the configuration is wrong, nothing was changed: ", await NextAsync("READY=1"), StringComparison.Ordinal);

        server.Signal("TERM");
        Assert.Equal("STOPPING=1\nSTATUS=stopping", await NextAsync("STOPPING=1"));
        Assert.Equal("EXTEND_TIMEOUT_USEC=30000000", await NextAsync("EXTEND_TIMEOUT_USEC"));
        var (code, _, error) = await server.EndAsync();
        Assert.Equal(0, code);
        Assert.Contains("nonsense", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recorder_says_when_it_is_ready_and_pings_from_its_loop()
    {
        var place = Path.GetDirectoryName(_path)!;
        await using var recorder = ServerProcess.Begin(
            "env", $"NOTIFY_SOCKET={_path}", "WATCHDOG_USEC=100000", ServerProcess.Program, "recorder",
            "--socket", $"{place}/r.sock", "--lock", $"{place}/r.lock", "--journals", $"{place}/journals", "--log", $"{place}/r.log");
        Assert.Equal($"READY=1\nSTATUS=listens at {place}/r.sock", await NextAsync("READY=1"));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("WATCHDOG=1", await NextAsync("WATCHDOG=1"));
        }

        recorder.Signal("TERM");
        await recorder.EndAsync();
    }

    [Fact]
    public async Task Nothing_is_pinged_while_the_engine_does_not_answer()
    {
        using var notifier = new ServiceNotifier(_path, TimeSpan.FromMilliseconds(20), TimeProvider.System, NullLogger.Instance);
        using var end = new CancellationTokenSource();
        var asked = 0;
        var stuck = new TaskCompletionSource();
        var waiting = new TaskCompletionSource();
        var watch = notifier.WatchAsync(
            () =>
            {
                if (++asked == 1)
                {
                    return Task.CompletedTask;
                }

                waiting.TrySetResult();
                return stuck.Task;
            },
            end.Token);
        Assert.Equal("WATCHDOG=1", await NextAsync("WATCHDOG=1"));
        await waiting.Task.WaitAsync(WireClient.Deadline);
        Assert.False(_manager.Poll(200_000, SelectMode.SelectRead));

        stuck.SetResult();
        Assert.Equal("WATCHDOG=1", await NextAsync("WATCHDOG=1"));
        await end.CancelAsync();
        await watch;
    }

    /// <summary>The next datagram that begins so; pings come at any time.</summary>
    private async Task<string> NextAsync(string begin)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        var buffer = new byte[4096];
        while (true)
        {
            var text = Encoding.UTF8.GetString(buffer, 0, await _manager.ReceiveAsync(buffer, deadline.Token));
            if (text.StartsWith(begin, StringComparison.Ordinal))
            {
                return text;
            }

            Assert.Equal("WATCHDOG=1", text);
        }
    }
}
