using System.Net;
using Overseer.Server.Limits;

namespace Overseer.Server.Tests.Transports;

/// <summary>What counts as one address.</summary>
public sealed class AddressCountsTests
{
    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1", true)]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("::1", "::1", true)]
    [InlineData("::1", "::2", false)]
    public void An_IPv6_network_is_one(string first, string second, bool same)
    {
        var counts = new AddressCounts(() => 1);
        Assert.True(counts.TryEnter(IPAddress.Parse(first)));

        Assert.Equal(!same, counts.TryEnter(IPAddress.Parse(second)));

        counts.Leave(IPAddress.Parse(first));
        Assert.True(counts.TryEnter(IPAddress.Parse(first)));
    }
}
