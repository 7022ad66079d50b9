using System.Text;
using Overseer.Protocols.Grpc;

namespace Overseer.Protocols.Tests.Grpc;

public sealed class GrpcTextTests
{
    [Theory]
    [InlineData("plain, with \"quotes\"", "plain, with \"quotes\"")]
    [InlineData("100%", "100%25")]
    [InlineData("zwölf\n", "zw%C3%B6lf%0A")]
    public void Messages_are_percent_encoded(string text, string encoded)
    {
        Assert.Equal(encoded, GrpcMessageText.Encode(text));
        Assert.Equal(text, GrpcMessageText.Decode(Encoding.ASCII.GetBytes(encoded)));
    }

    [Theory]
    [InlineData("100%", "100%")]
    [InlineData("%zz%4", "%zz%4")]
    [InlineData("%c3%b6", "ö")]
    public void What_is_no_escape_stays(string encoded, string text) => Assert.Equal(text, GrpcMessageText.Decode(Encoding.ASCII.GetBytes(encoded)));

    [Theory]
    [InlineData("300m", 300)]
    [InlineData("2S", 2000)]
    [InlineData("1M", 60_000)]
    [InlineData("1H", 3_600_000)]
    [InlineData("1500u", 1.5)]
    [InlineData("99999999n", 99.9999)]
    [InlineData("0n", 0)]
    [InlineData("99999999H", int.MaxValue)]
    public void Timeouts_are_read(string text, double milliseconds)
    {
        Assert.True(GrpcTimeout.TryParse(text, out TimeSpan timeout));
        Assert.Equal(milliseconds, timeout.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("1")]
    [InlineData("1s")]
    [InlineData("-1S")]
    [InlineData("1.5S")]
    [InlineData("123456789m")]
    public void What_is_no_timeout_is_refused(string text) => Assert.False(GrpcTimeout.TryParse(text, out _));

    [Theory]
    [InlineData(1, "1000u")]
    [InlineData(3000, "3000000u")]
    [InlineData(300_000, "300000m")]
    public void Timeouts_are_written_as_fine_as_eight_digits_allow(double milliseconds, string text) => Assert.Equal(text, GrpcTimeout.Format(TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void A_status_is_printed_as_Go_prints_it()
        => Assert.Equal("rpc error: code = NotFound desc = id not found", new GrpcStatus(GrpcCode.NotFound, "id not found").ToString());
}
