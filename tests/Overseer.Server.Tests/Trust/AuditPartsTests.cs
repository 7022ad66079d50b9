using System.Net;
using Overseer.Server.Audit;

namespace Overseer.Server.Tests.Trust;

/// <summary>The parts of the audit log that need no server.</summary>
public sealed class AuditPartsTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Theory]
    [InlineData("plain text, with \"quotes\"", "plain text, with \"quotes\"")]
    [InlineData("grün 木 😀", "grün 木 😀")]
    [InlineData("a\nb\r\0\u001b\u007f", @"a\u000ab\u000d\u0000\u001b\u007f")]
    [InlineData("\u0085\u2028\u2029\u202e\u2066\ufeff\u200b", @"\u0085\u2028\u2029\u202e\u2066\ufeff\u200b")]
    [InlineData(@"a\nb", @"a\\nb")]
    [InlineData("\ue000\U000e0041", @"\ue000\udb40\udc41")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void Nothing_that_controls_a_terminal_or_a_line_is_left(string? text, string safe) => Assert.Equal(safe, AuditText.Safe(text));

    [Fact]
    public void Half_a_pair_is_shown_as_such() => Assert.Equal("x\ufffdy", AuditText.Safe("x\ud83dy"));

    [Theory]
    [InlineData(AuditText.MostCharacters, 0)]
    [InlineData(AuditText.MostCharacters + 1, 1)]
    [InlineData(1_000_000, 1)]
    public void A_long_text_is_cut(int length, int more) => Assert.Equal(Math.Min(length, AuditText.MostCharacters) + more, AuditText.Safe(new string('x', length)).Length);

    [Fact]
    public void A_peer_has_so_many_lines_a_minute_and_the_rest_is_counted()
    {
        var meter = new RefusalMeter(3);

        Assert.Equal([true, true, true, false, false], Enumerable.Range(0, 5).Select(_ => meter.Take("a", Start)));
        Assert.True(meter.Take("b", Start));
        Assert.Empty(meter.Sweep(Start.AddSeconds(59)));
        Assert.Equal([("a", 2)], meter.Sweep(Start.AddSeconds(60)));
        Assert.True(meter.Take("a", Start.AddSeconds(61)));
    }

    [Fact]
    public void All_peers_together_have_ten_times_as_many()
    {
        var meter = new RefusalMeter(2);

        Assert.Equal(20, Enumerable.Range(0, 1000).Count(number => meter.Take($"peer {number}", Start)));
        Assert.Equal(980, meter.Sweep(Start.AddMinutes(1)).Sum(one => one.More));
        Assert.True(meter.Take("another", Start.AddMinutes(1)));
    }

    [Fact]
    public void Peers_beyond_the_bound_are_counted_as_one()
    {
        var meter = new RefusalMeter(1);
        for (var number = 0; number < 3000; number++)
        {
            meter.Take($"peer {number}", Start);
        }

        var over = meter.Sweep(Start.AddMinutes(1));
        Assert.Equal((1015, 2990), (over.Count, (int)over.Sum(one => one.More)));
        Assert.Equal(1976, over.Single(one => one.Peer == "other peers").More);
    }

    [Theory]
    [InlineData("10.0.0.3", "10.0.0.3")]
    [InlineData("::ffff:10.0.0.3", "10.0.0.3")]
    [InlineData("::1", "::1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    public void A_peer_is_its_address(string address, string peer) => Assert.Equal(peer, RefusalMeter.PeerOf(IPAddress.Parse(address), 7));

    [Fact]
    public void A_peer_without_an_address_is_its_user() => Assert.Equal(("uid 7", "uid -1"), (RefusalMeter.PeerOf(null, 7), RefusalMeter.PeerOf(null, null)));
}
