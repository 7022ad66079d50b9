using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Overseer.Protocols.Json;
using Overseer.Protocols.V2;

namespace Overseer.Protocols.Tests;

public sealed class TextTests
{
    [Fact]
    public void Numbers_are_written_as_the_framework_writes_them()
    {
        Assert.All([0, 1, 9, 10, 99, 100, 9999, 10_000, 99_999_999, 100_000_000, long.MaxValue, -1, long.MinValue], Same);
        Prop.ForAll(ArbMap.Default.ArbFor<long>(), Same).QuickCheckThrowOnFailure();
        for (long value = 1; value < 200_000_000; value += 99_991)
            Same(value);

        static void Same(long value)
        {
            byte[] text = new byte[DecimalText.MaxBytes];
            Assert.Equal(value.ToString(CultureInfo.InvariantCulture), Encoding.ASCII.GetString(text, 0, DecimalText.Write(text, value)));
        }
    }

    [Fact]
    public void Times_are_written_as_the_framework_writes_them_and_read_back()
    {
        Assert.All([0L, 1, 999, 1000, -1, -999_999_999, 1_769_860_800_123_456_789, long.MaxValue, long.MinValue], Same);
        Prop.ForAll(ArbMap.Default.ArbFor<long>(), Same).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

        static void Same(long nanoseconds)
        {
            var time = DateTimeOffset.UnixEpoch.AddTicks((long)decimal.Floor(nanoseconds / 100m));
            var text = TimestampText.FromUnixNanoseconds(nanoseconds);
            Assert.Equal(time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture), text.ToString());
            Assert.Equal(text, TimestampText.From(time.ToOffset(TimeSpan.FromHours(-5))));
            Assert.True(Rfc3339.TryParse(text.ToString(), out var read));
            Assert.Equal(text, TimestampText.From(read));
        }
    }

    [Theory]
    [InlineData("2024-02-29T23:59:59Z", "2024-02-29T23:59:59.000000Z")]
    [InlineData("2026-01-31T00:30:00+01:00", "2026-01-30T23:30:00.000000Z")]
    [InlineData("0001-01-01T00:00:00-00:00", "0001-01-01T00:00:00.000000Z")]
    [InlineData("9999-12-31T23:59:59.999999999999Z", "9999-12-31T23:59:59.999999Z")]
    public void Times_of_other_writers_are_read(string text, string expected)
    {
        Assert.True(Rfc3339.TryParse(text, out var time));
        Assert.Equal(expected, TimestampText.From(time).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("Z")]
    [InlineData("2026-01-31")]
    [InlineData("2026-01-31 12:00:00Z")]
    [InlineData("2026-01-31T12:00:00")]
    [InlineData("2026-01-31T12:00Z")]
    [InlineData("2026-01-31T12:00:00.Z")]
    [InlineData("2026-01-31T12:00:60Z")]
    [InlineData("2026-13-01T12:00:00Z")]
    [InlineData("2026-02-29T12:00:00Z")]
    [InlineData("2026-01-31T12:00:00+1:00")]
    [InlineData("2026-01-31T12:00:00+0100")]
    [InlineData("2026-01-31T12:00:00Z ")]
    [InlineData("2026-01-31T12:00:00.123")]
    [InlineData("٢٠٢٦-01-31T12:00:00Z")]
    [InlineData("9999-12-31T23:59:59-00:01")]
    [InlineData("0001-01-01T00:00:00+00:01")]
    public void What_is_no_time_is_refused(string text) => Assert.False(Rfc3339.TryParse(text, out _));

    [Theory]
    [InlineData(0, "81 00")]
    [InlineData(125, "81 7d")]
    [InlineData(126, "81 7e 00 7e")]
    [InlineData(65_535, "81 7e ff ff")]
    [InlineData(65_536, "81 7f 00 00 00 00 00 01 00 00")]
    [InlineData(5_000_000_000, "81 7f 00 00 00 01 2a 05 f2 00")]
    public void Frame_headers_have_the_shortest_form(long payload, string expected)
    {
        byte[] header = new byte[WebSocketFrame.MaxHeaderBytes];
        int length = WebSocketFrame.WriteHeader(header, payload);
        Assert.Equal(WebSocketFrame.HeaderLength(payload), length);
        Assert.Equal(expected, string.Join(' ', header.Take(length).Select(b => b.ToString("x2", CultureInfo.InvariantCulture))));
    }
}
