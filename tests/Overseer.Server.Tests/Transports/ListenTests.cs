using System.Net;
using System.Net.Sockets;
using Overseer.Hosting;
using Overseer.Hosting.Listening;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Transports;

/// <summary>Where a server listens.</summary>
public sealed class ListenTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly string _place = Directory.CreateTempSubdirectory("overseer-listen-").FullName;

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Fact]
    public async Task All_addresses_lead_to_the_same_tasks()
    {
        await using var server = await RunningServer.StartAsync(_ => RunningServer.Shell, ["127.0.0.2:0", "unix:PLACE/a.sock", "PLACE/b.sock"]);
        await using var first = await server.ConnectAsync();
        Assert.Equal("started", (await first.StartShellAsync("t", "exit 0")).Type);
        EndPoint[] others =
        [
            new IPEndPoint(IPAddress.Parse("127.0.0.2"), new Uri(server.Addresses[1]).Port),
            new UnixDomainSocketEndPoint(server.PathOf("a.sock")),
            new UnixDomainSocketEndPoint(server.PathOf("b.sock")),
            new UnixDomainSocketEndPoint(server.Places.ServerSocket),
        ];

        foreach (var other in others)
        {
            await using var client = await WireClient.ConnectAsync(other);
            Assert.Equal("t", Assert.Single(await client.ListAsync()).TaskId);
        }

        Assert.Equal(5, server.Addresses.Count);
        Assert.Contains("unix:" + server.PathOf("a.sock"), server.Addresses);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(108)]
    public async Task A_peer_with_a_name_of_any_length_is_served(int length)
    {
        await using var server = await RunningServer.StartAsync(RunningServer.Shell);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(NameOf(length)));
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(server.Places.ServerSocket));

        await socket.SendAsync("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray());
        using var reader = new StreamReader(new NetworkStream(socket));
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        Assert.StartsWith("HTTP/1.1 200 ", await reader.ReadToEndAsync(deadline.Token), StringComparison.Ordinal);

        await using var next = await server.ConnectUnixAsync();
        Assert.Empty(await next.ListAsync());
    }

    [Fact]
    public async Task An_address_that_cannot_be_used_is_named_with_the_reason()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        var failure = await Assert.ThrowsAsync<StartupException>(() => RunningServer.StartAsync(_ => RunningServer.Shell, [$"{taken.LocalEndPoint}"]));
        Assert.Equal($"cannot listen on {taken.LocalEndPoint}: another program listens there; stop it, or listen elsewhere", failure.Message);

        failure = await Assert.ThrowsAsync<StartupException>(() => RunningServer.StartAsync(_ => RunningServer.Shell, ["192.0.2.1:0"]));
        Assert.Equal("cannot listen on 192.0.2.1:0: this machine has no such address", failure.Message);
    }

    [Fact]
    public async Task A_socket_file_never_has_another_mode_whatever_the_umask()
    {
        var socket = Path.Combine(_place, "s.sock");
        var config = Path.Combine(_place, "overseer.yaml");
        await File.WriteAllTextAsync(config, "{}");
        await using var server = ServerProcess.Begin(
            "sh", "-c", "umask 0; exec \"$@\"", "sh", ServerProcess.Program, "serve", "--config", config, "--listen", socket,
            "--state-dir", Path.Combine(_place, "state"), "--runtime-dir", Path.Combine(_place, "run"));
        var ready = server.ReadyAsync();
        var seen = await Task.Run(() => ModesOf(socket, ready));
        await ready;

        Assert.Equal([OwnerOnly], seen);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(socket));
        server.Signal("TERM");
        Assert.Equal(0, (await server.EndAsync()).Code);
        Assert.False(File.Exists(socket), "the socket file is left");
    }

    [Fact]
    public async Task What_a_killed_server_left_is_replaced()
    {
        LeaveStale("s.sock");

        await using var server = await RunningServer.StartAsync(_ => RunningServer.Shell, [Path.Combine(_place, "s.sock")]);

        await using var client = await WireClient.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(_place, "s.sock")));
        Assert.Empty(await client.ListAsync());
    }

    [Fact]
    public void A_socket_on_which_somebody_answers_is_not_replaced()
    {
        var path = Path.Combine(_place, "s.sock");
        using var first = UnixSocketFile.Listen(path, 5);

        var failure = Assert.Throws<StartupException>(() => UnixSocketFile.Listen(path, 5));

        Assert.Equal($"cannot listen on unix:{path}: another server answers there; stop it, or listen elsewhere", failure.Message);
        Assert.True(ServerProcess.Answers(path));
    }

    [Fact]
    public void One_that_is_too_busy_to_answer_is_not_replaced_either()
    {
        var path = Path.Combine(_place, "s.sock");
        using var first = UnixSocketFile.Listen(path, 0);
        using var waiting = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        waiting.Connect(new UnixDomainSocketEndPoint(path));

        var failure = Assert.Throws<StartupException>(() => UnixSocketFile.Listen(path, 5));

        Assert.Contains("another server answers there", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_one_of_many_takes_over_what_a_killed_server_left()
    {
        for (var round = 0; round < 20; round++)
        {
            var path = LeaveStale($"{round}.sock");
            var sockets = new Socket?[8];
            Parallel.For(0, sockets.Length, i =>
            {
                try
                {
                    sockets[i] = UnixSocketFile.Listen(path, 100);
                }
                catch (StartupException)
                {
                    // Another one was faster.
                }
            });

            using var winner = Assert.Single(sockets, socket => socket is not null);
            Assert.True(ServerProcess.Answers(path));
        }
    }

    [Fact]
    public void What_is_no_socket_is_never_removed()
    {
        var path = Path.Combine(_place, "precious");
        File.WriteAllText(path, "data");

        var failure = Assert.Throws<StartupException>(() => UnixSocketFile.Listen(path, 5));

        Assert.Equal($"cannot listen on unix:{path}: a file is in the way that is no socket; remove it, or listen elsewhere", failure.Message);
        Assert.Equal("data", File.ReadAllText(path));
    }

    [Fact]
    public void A_missing_directory_is_named()
    {
        var path = Path.Combine(_place, "missing", "s.sock");

        var failure = Assert.Throws<StartupException>(() => UnixSocketFile.Listen(path, 5));

        Assert.Equal($"cannot listen on unix:{path}: the directory {_place}/missing cannot be opened (No such file or directory); make it, or listen elsewhere", failure.Message);
    }

    private static HashSet<UnixFileMode> ModesOf(string path, Task until)
    {
        var seen = new HashSet<UnixFileMode>();
        while (!until.IsCompleted || seen.Count == 0)
        {
            try
            {
                seen.Add(File.GetUnixFileMode(path));
            }
            catch (FileNotFoundException)
            {
                Assert.False(until.IsCompleted, "the server is ready and has no socket");
            }
        }

        return seen;
    }

    /// <summary>A socket file whose socket is closed. Closing removes the file by the name it was bound to; so it gets another one first.</summary>
    private string LeaveStale(string name)
    {
        var path = Path.Combine(_place, name);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path + ".first"));
        File.Move(path + ".first", path);
        return path;
    }

    /// <summary>A name outside the file system that nobody else has, of that many bytes with its first, which is zero.</summary>
    private static string NameOf(int length)
    {
        var name = Guid.NewGuid().ToString("N");
        return "\0" + (length <= name.Length ? name[..(length - 1)] : name.PadRight(length - 1, 'x'));
    }
}
