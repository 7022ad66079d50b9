using FsCheck;
using FsCheck.Fluent;
using Overseer.Core.Time;

namespace Overseer.Core.Tests.Time;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("+0", 0)]
    [InlineData("0s", 0)]
    [InlineData("5s", 5_000_0000)]
    [InlineData("+5s", 5_000_0000)]
    [InlineData("1h2m3.5s", 37235_000_000)]
    [InlineData("250ms", 2_500_000)]
    [InlineData(".5s", 5_000_000)]
    [InlineData("5.s", 50_000_000)]
    [InlineData("1.5h", 54_000_000_000)]
    [InlineData("1us", 10)]
    [InlineData("1µs", 10)]
    [InlineData("1μs", 10)]
    [InlineData("100ns", 1)]
    [InlineData("1ns", 1)]
    [InlineData("149ns", 1)]
    [InlineData("150ns", 2)]
    [InlineData("3s2h1s", 72_040_000_000)]
    [InlineData("0.3333333333333333333h", 12_000_000_000)]
    [InlineData("2562047h", 92233692_000_000_000)]
    public void A_Go_duration_is_read(string text, long ticks)
    {
        Assert.True(GoDuration.TryParse(text, out var value));
        Assert.Equal(ticks, value.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("+")]
    [InlineData("-1s")]
    [InlineData("-0")]
    [InlineData("1")]
    [InlineData("00")]
    [InlineData(".")]
    [InlineData("s")]
    [InlineData(".s")]
    [InlineData("1 s")]
    [InlineData(" 1s")]
    [InlineData("1s ")]
    [InlineData("1S")]
    [InlineData("1d")]
    [InlineData("1.2.3s")]
    [InlineData("1e3s")]
    [InlineData("１s")]
    [InlineData("2562048h")]
    [InlineData("9223372036854775808ns")]
    [InlineData("99999999999999999999s")]
    [InlineData("9223372036s9223372036s")]
    public void Anything_else_is_refused(string text)
    {
        Assert.False(GoDuration.TryParse(text, out var value));
        Assert.Equal(TimeSpan.Zero, value);
    }

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(1, "100ns")]
    [InlineData(15, "1.5µs")]
    [InlineData(2_500_000, "250ms")]
    [InlineData(10_000_000, "1s")]
    [InlineData(600_000_000, "1m0s")]
    [InlineData(36_000_000_000, "1h0m0s")]
    [InlineData(37235_000_000, "1h2m3.5s")]
    [InlineData(-10_000_000, "-1s")]
    public void A_duration_is_written_as_Go_writes_it(long ticks, string text) => Assert.Equal(text, GoDuration.Format(TimeSpan.FromTicks(ticks)));

    [Fact]
    public void What_was_written_is_read_back() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).Select(number => TimeSpan.FromTicks((long)number * 977)).ToArbitrary(), value =>
            GoDuration.TryParse(GoDuration.Format(value), out var read) && read == value).QuickCheckThrowOnFailure();
}
