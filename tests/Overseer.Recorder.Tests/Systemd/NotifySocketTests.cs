using System.Net.Sockets;
using System.Text;
using Overseer.Recorder.Systemd;

namespace Overseer.Recorder.Tests.Systemd;

public sealed class NotifySocketTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("overseer-notify-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Lines_reach_a_socket_by_path_and_by_abstract_name(bool isAbstract)
    {
        string name = isAbstract ? $"@overseer-test-{Guid.NewGuid():N}" : Path.Combine(_directory.FullName, "n");
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + name[1..] : name));
        using var socket = NotifySocket.Open(name)!;

        Assert.True(socket.Send("READY=1\nSTATUS=läuft"));
        Assert.True(socket.Send("WATCHDOG=1"));

        var buffer = new byte[256];
        Assert.Equal("READY=1\nSTATUS=läuft", Encoding.UTF8.GetString(buffer, 0, manager.Receive(buffer)));
        Assert.Equal("WATCHDOG=1", Encoding.UTF8.GetString(buffer, 0, manager.Receive(buffer)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("@")]
    [InlineData("relative/path")]
    [InlineData("vsock:2:1234")]
    public void Other_names_are_no_sockets(string? name) => Assert.Null(NotifySocket.Open(name));

    [Fact]
    public void Nobody_minds_when_the_manager_does_not_listen_or_read()
    {
        string path = Path.Combine(_directory.FullName, "n");
        using var socket = NotifySocket.Open(path)!;
        Assert.False(socket.Send("READY=1"));

        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(path));
        int sent = 0;
        while (socket.Send("WATCHDOG=1"))
            sent++;
        Assert.True(sent > 0);
        socket.Dispose();
        Assert.False(socket.Send("WATCHDOG=1"));
    }

    [Theory]
    [InlineData("30000000", null, 15_000.0)]
    [InlineData("30000000", "77", 15_000.0)]
    [InlineData("3000", "77", 1.5)]
    [InlineData("30000000", "78", null)]
    [InlineData("0", null, null)]
    [InlineData("x", null, null)]
    [InlineData(null, "77", null)]
    [InlineData("99999999999999999", null, null)]
    public void Pings_are_sent_twice_as_often_as_asked_by_the_process_that_is_asked(string? microseconds, string? pid, double? milliseconds) =>
        Assert.Equal(milliseconds is { } value ? TimeSpan.FromMilliseconds(value) : null, WatchdogInterval.Of(microseconds, pid, 77));
}
