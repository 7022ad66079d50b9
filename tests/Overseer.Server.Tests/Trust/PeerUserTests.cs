using System.Net;
using System.Net.Sockets;
using Overseer.Configuration;
using Overseer.Server.Tests.Harness;
using Overseer.Server.Trust;

namespace Overseer.Server.Tests.Trust;

/// <summary>Whose the other end of a connection is, by the kernel's word.</summary>
public sealed class PeerUserTests
{
    private const string ConnectAndWait = "import socket,sys; s=socket.create_connection((sys.argv[1],int(sys.argv[2]))); sys.stdin.read()";

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("127.0.0.2", "127.0.0.2")]
    [InlineData("::1", "::1")]
    [InlineData("::", "127.0.0.1")]
    [InlineData("::", "::1")]
    [InlineData("127.0.0.1", "::ffff:127.0.0.1")]
    public async Task Who_connects_over_loopback_is_known(string listen, string connect)
    {
        using var listener = Listen(listen);
        using var client = await ConnectAsync(connect, listener);
        using var accepted = await listener.AcceptAsync();

        Assert.Equal(CurrentUser.Id, PeerUser.OfTcp(accepted));
        Assert.Equal(CurrentUser.Id, PeerUser.OfTcp(client));
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("::", "127.0.0.1")]
    public async Task Another_user_is_told_apart(string listen, string connect)
    {
        using var listener = Listen(listen);
        using var other = OtherUser.Begin(OtherUser.Nobody, "/usr/bin/python3", "-c", ConnectAndWait, connect, Port(listener));
        using var accepted = await listener.AcceptAsync().WaitAsync(WireClient.Deadline);

        Assert.Equal(OtherUser.Nobody, PeerUser.OfTcp(accepted));
        Assert.False(PeerUser.IsOwn(OtherUser.Nobody));

        other.StandardInput.Close();
        await other.WaitForExitAsync().WaitAsync(WireClient.Deadline);
    }

    /// <summary>The kernel's table shows user 0 for sockets that nobody holds any more: who hangs up at once must not pass for root.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_has_hung_up_is_nobody(bool withDataUnread)
    {
        using var listener = Listen("127.0.0.1");
        var client = await ConnectAsync("127.0.0.1", listener);
        using var accepted = await listener.AcceptAsync();
        await client.SendAsync("GET"u8.ToArray());
        if (withDataUnread)
        {
            await accepted.SendAsync(new byte[100]);
        }

        client.Dispose();

        Assert.Null(PeerUser.OfTcp(accepted));
    }

    [Fact]
    public async Task Who_says_no_more_is_taken_for_nobody()
    {
        using var listener = Listen("127.0.0.1");
        using var client = await ConnectAsync("127.0.0.1", listener);
        using var accepted = await listener.AcceptAsync();
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await accepted.ReceiveAsync(new byte[1]));

        Assert.Null(PeerUser.OfTcp(accepted));
    }

    [Fact]
    public async Task A_listing_says_the_same_as_the_question()
    {
        foreach (var (listen, connect) in new[] { ("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("::", "127.0.0.1"), ("127.0.0.1", "::ffff:127.0.0.1") })
        {
            using var listener = Listen(listen);
            using var client = await ConnectAsync(connect, listener);
            using var accepted = await listener.AcceptAsync();
            var (remote, local) = (Plain(accepted.RemoteEndPoint!), Plain(accepted.LocalEndPoint!));

            Assert.Equal((CurrentUser.Id, CurrentUser.Id), (SocketTable.Listed(remote, local, "/proc/net"), SocketTable.OwnerOf(remote, local)));
            Assert.Null(SocketTable.Listed(remote, new IPEndPoint(local.Address, 1), "/proc/net"));
            Assert.Null(SocketTable.OwnerOf(remote, new IPEndPoint(local.Address, 1)));
        }
    }

    [Theory]
    [InlineData("01", "1000", "77", 1000)]
    [InlineData("01", "0", "77", 0)]
    [InlineData("01", "0", "0", null)]
    [InlineData("06", "0", "0", null)]
    [InlineData("04", "0", "77", null)]
    [InlineData("08", "1000", "77", null)]
    public void Only_what_is_established_and_held_counts(string state, string user, string inode, int? expected)
    {
        var directory = Directory.CreateTempSubdirectory("overseer-net-").FullName;
        File.WriteAllText(Path.Combine(directory, "tcp"), $"""
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1 0 100 0 0 10 0
               1: 0100007F:D431 0100007F:1F90 {state} 00000000:00000000 00:00000000 00000000 {user}        0 {inode} 1 0 20 4 30 10 -1
               2: short
            """);

        Assert.Equal(expected, SocketTable.Listed(IPEndPoint.Parse("127.0.0.1:54321"), IPEndPoint.Parse("127.0.0.1:8080"), directory));

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Who_connects_to_a_UNIX_socket_is_known()
    {
        var place = Directory.CreateTempSubdirectory("overseer-peer-").FullName;
        File.SetUnixFileMode(place, (UnixFileMode)0b111_101_101);
        var path = Path.Combine(place, "s");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        using var other = OtherUser.Begin(OtherUser.Nobody, "/usr/bin/python3", "-c", "import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); sys.stdin.read()", path);
        using var accepted = await listener.AcceptAsync().WaitAsync(WireClient.Deadline);
        using var own = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await own.ConnectAsync(new UnixDomainSocketEndPoint(path));
        using var ours = await listener.AcceptAsync();

        Assert.Equal((OtherUser.Nobody, CurrentUser.Id), (PeerUser.OfUnix(accepted), PeerUser.OfUnix(ours)));

        other.StandardInput.Close();
        await other.WaitForExitAsync().WaitAsync(WireClient.Deadline);
        Directory.Delete(place, recursive: true);
    }

    private static Socket Listen(string address)
    {
        var ip = IPAddress.Parse(address);
        var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (ip.Equals(IPAddress.IPv6Any))
        {
            socket.DualMode = true;
        }

        socket.Bind(new IPEndPoint(ip, 0));
        socket.Listen();
        return socket;
    }

    private static async Task<Socket> ConnectAsync(string address, Socket listener)
    {
        var ip = IPAddress.Parse(address);
        var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (ip.IsIPv4MappedToIPv6)
        {
            socket.DualMode = true;
        }

        await socket.ConnectAsync(new IPEndPoint(ip, ((IPEndPoint)listener.LocalEndPoint!).Port));
        return socket;
    }

    private static string Port(Socket listener) => ((IPEndPoint)listener.LocalEndPoint!).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static IPEndPoint Plain(EndPoint end) => end is IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped ? new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port) : (IPEndPoint)end;
}
