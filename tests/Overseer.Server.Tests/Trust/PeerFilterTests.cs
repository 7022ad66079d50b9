using System.Net;
using System.Net.Sockets;
using Overseer.Server.Trust;

namespace Overseer.Server.Tests.Trust;

public sealed class PeerFilterTests
{
    private static readonly (IPAddress, int)[] Machine =
    [
        (IPAddress.Parse("127.0.0.1"), 8), (IPAddress.Parse("192.168.7.20"), 24), (IPAddress.Parse("172.17.0.1"), 16), (IPAddress.Parse("100.100.3.4"), 32),
        (IPAddress.Parse("203.0.113.9"), 24), (IPAddress.Parse("10.0.0.1"), 4), (IPAddress.Parse("::1"), 128), (IPAddress.Parse("fe80::1%2"), 64),
        (IPAddress.Parse("fd00:1::5"), 64), (IPAddress.Parse("2001:db8::9"), 64),
    ];

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.8.9.10", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("192.168.7.99", true)]
    [InlineData("::ffff:192.168.7.99", true)]
    [InlineData("192.168.8.1", false)]
    [InlineData("172.17.200.1", true)]
    [InlineData("172.18.0.1", false)]
    [InlineData("100.100.3.4", true)]
    [InlineData("100.100.3.5", false)]
    [InlineData("203.0.113.10", false)]
    [InlineData("10.9.9.9", false)]
    [InlineData("fe80::77%2", true)]
    [InlineData("fd00:1::99", true)]
    [InlineData("2001:db8::10", false)]
    [InlineData("8.8.8.8", false)]
    public void Without_a_setting_this_machine_and_its_private_subnets_are_trusted(string peer, bool allowed) =>
        Assert.Equal(allowed, PeerFilter.OfSubnets(Machine).Check(IPAddress.Parse(peer)) is TrustVerdict.Allowed);

    [Fact]
    public void The_summary_says_whom_it_trusts_and_whom_it_left_out() => Assert.Equal(
        "peers from 127.0.0.0/8, ::1/128, 192.168.7.0/24, 172.17.0.0/16, 100.100.3.4/32, fe80::/64, fd00:1::/64 "
        + "(loopback and this machine's private subnets, as trusted_cidrs is not set); left out because globally routable: 203.0.113.0/24, 0.0.0.0/4, 2001:db8::/64",
        PeerFilter.OfSubnets(Machine).Summary);

    [Fact]
    public void A_setting_replaces_the_default_loopback_included()
    {
        var filter = PeerFilter.Create([CidrBlock.Parse("10.0.0.0/8")!]);
        Assert.Equal("peers from 10.0.0.0/8 (trusted_cidrs)", filter.Summary);
        Assert.IsType<TrustVerdict.Allowed>(filter.Check(IPAddress.Parse("::ffff:10.1.1.1")));
        Assert.Equal("127.0.0.1 is outside trusted_cidrs", Assert.IsType<TrustVerdict.Refused>(filter.Check(IPAddress.Parse("::ffff:127.0.0.1"))).Reason);
    }

    [Fact]
    public void A_UNIX_socket_passes_and_a_peer_without_address_does_not()
    {
        var filter = PeerFilter.Create([]);
        Assert.IsType<TrustVerdict.Allowed>(filter.Check(new UnixDomainSocketEndPoint("/tmp/x.sock")));
        Assert.IsType<TrustVerdict.Allowed>(filter.Check(new IPEndPoint(IPAddress.IPv6Loopback, 5)));
        Assert.IsType<TrustVerdict.Refused>(filter.Check((EndPoint?)null));
        Assert.IsType<TrustVerdict.Refused>(filter.Check(new DnsEndPoint("localhost", 80)));
    }

    [Fact]
    public void This_machine_trusts_itself() => Assert.StartsWith("peers from 127.0.0.0/8, ::1/128", PeerFilter.Create([]).Summary, StringComparison.Ordinal);
}
