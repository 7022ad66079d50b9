using Overseer.Configuration;

namespace Overseer.Server.Tests.Configuration;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData(":8080", "", 8080)]
    [InlineData("8080", "", 8080)]
    [InlineData("*:8080", "", 8080)]
    [InlineData("0", "", 0)]
    [InlineData("127.0.0.1:8080", "127.0.0.1", 8080)]
    [InlineData("0.0.0.0:65535", "0.0.0.0", 65535)]
    [InlineData("localhost:1", "localhost", 1)]
    [InlineData("LOCALHOST:1", "localhost", 1)]
    [InlineData("my-host.example:80", "my-host.example", 80)]
    [InlineData("[::1]:8080", "::1", 8080)]
    [InlineData("[0:0::1]:8080", "::1", 8080)]
    [InlineData("[::]:0", "::", 0)]
    public void A_TCP_address_is_read(string text, string host, int port) =>
        Assert.Equal(new ListenAddress.Tcp(host, port), ListenAddressParser.Parse(text, out _));

    [Theory]
    [InlineData("unix:/run/o.sock", "/run/o.sock")]
    [InlineData("unix:///run/o.sock", "/run/o.sock")]
    [InlineData("unix:o.sock", "o.sock")]
    [InlineData("/run/o.sock", "/run/o.sock")]
    [InlineData("./o.sock", "./o.sock")]
    [InlineData("../o.sock", "../o.sock")]
    [InlineData("/tmp/with:colon", "/tmp/with:colon")]
    public void A_UNIX_socket_is_read(string text, string path) =>
        Assert.Equal(new ListenAddress.UnixSocket(path), ListenAddressParser.Parse(text, out _));

    [Theory]
    [InlineData("http://127.0.0.1:8080", "127.0.0.1", 8080, false)]
    [InlineData("https://:8443", "", 8443, true)]
    [InlineData("HTTPS://[::1]:8443", "::1", 8443, true)]
    public void Whether_it_is_encrypted_can_be_said_of_a_TCP_address(string text, string host, int port, bool encrypted)
    {
        var address = ListenAddressParser.Parse(text, out _);

        Assert.Equal(new ListenAddress.Tcp(host, port) { Encrypted = encrypted }, address);
        Assert.Equal(address, ListenAddressParser.Parse(address!.ToString(), out _));
    }

    [Fact]
    public void Stdio_is_read() => Assert.Equal(new ListenAddress.Stdio(), ListenAddressParser.Parse("stdio", out _));

    [Theory]
    [InlineData("")]
    [InlineData(" 8080")]
    [InlineData("localhost")]
    [InlineData("65536")]
    [InlineData("-1")]
    [InlineData(":")]
    [InlineData(":http")]
    [InlineData("host:")]
    [InlineData("host:99999")]
    [InlineData("host:80 ")]
    [InlineData("::1:8080")]
    [InlineData("::1")]
    [InlineData("[::1]")]
    [InlineData("[localhost]:80")]
    [InlineData("[::1:80")]
    [InlineData("127.1:80")]
    [InlineData("ws://localhost:8080")]
    [InlineData("http://")]
    [InlineData("https://localhost")]
    [InlineData("http://localhost:8080/")]
    [InlineData("https://unix:/run/o.sock")]
    [InlineData("http://https://:8080")]
    [InlineData("https://stdio")]
    [InlineData("tcp://:8080")]
    [InlineData("user@host:80")]
    [InlineData("a b:80")]
    [InlineData("unix:")]
    [InlineData("unix:/run/")]
    [InlineData("STDIO")]
    [InlineData("127.0.0.1:8080:8080")]
    public void Anything_else_is_refused_with_what_is_allowed(string text)
    {
        Assert.Null(ListenAddressParser.Parse(text, out var error));
        Assert.False(string.IsNullOrEmpty(error));
    }

    [Fact]
    public void A_socket_path_that_the_system_cannot_hold_is_refused()
    {
        Assert.NotNull(ListenAddressParser.Parse("/" + new string('x', 106), out _));
        Assert.Null(ListenAddressParser.Parse("/" + new string('x', 107), out var error));
        Assert.Equal("the path of a UNIX socket is limited to 107 bytes by the system, this one has 108", error);
    }

    [Theory]
    [InlineData("127.0.0.1:1", true, false)]
    [InlineData("127.9.9.9:1", true, false)]
    [InlineData("[::1]:1", true, false)]
    [InlineData("localhost:1", true, false)]
    [InlineData(":1", false, true)]
    [InlineData("0.0.0.0:1", false, true)]
    [InlineData("[::]:1", false, true)]
    [InlineData("10.0.0.1:1", false, false)]
    [InlineData("other:1", false, false)]
    public void An_address_knows_who_can_reach_it(string text, bool loopback, bool any)
    {
        var address = Assert.IsType<ListenAddress.Tcp>(ListenAddressParser.Parse(text, out _));
        Assert.Equal((loopback, any), (address.IsLoopback, address.IsAny));
    }

    [Theory]
    [InlineData(":8080", ":8080")]
    [InlineData("[::1]:8080", "[::1]:8080")]
    [InlineData("/a", "unix:/a")]
    [InlineData("stdio", "stdio")]
    public void An_address_is_written_as_it_can_be_read(string text, string expected) =>
        Assert.Equal(expected, ListenAddressParser.Parse(text, out _)!.ToString());
}
