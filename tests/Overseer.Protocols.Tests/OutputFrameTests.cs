using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Overseer.Protocols.V2;

namespace Overseer.Protocols.Tests;

public sealed class OutputFrameTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 31, 12, 0, 0, 250, TimeSpan.Zero);

    /// <summary>Bytes as programs write them: clean text, text with quotes and colours, whole characters, and garbage.</summary>
    private static Gen<byte[]> Lines { get; } = Gen.OneOf(
        Gen.Choose(0x20, 0x7e).Select(b => new[] { (byte)b }),
        Gen.Elements("\"", "\\", "\t", "\u001b[31m", "\0", "\u007f", "clean text that is longer than one vector of thirty-two bytes").Select(Encoding.UTF8.GetBytes),
        Gen.Elements("é", "漢", "🙂", "\u2028", "\uFFFD", "\uFFFF").Select(Encoding.UTF8.GetBytes),
        Gen.Choose(0x80, 0xff).Select(b => new[] { (byte)b }),
        Gen.Elements(new byte[] { 0xe2, 0x82 }, [0xf0, 0x9f, 0x99], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf4, 0x90, 0x80, 0x80]))
        .ArrayOf().Select(parts => parts.SelectMany(p => p).ToArray());

    [Fact]
    public void A_frame_holds_byte_for_byte_what_the_message_writer_writes()
        => Prop.ForAll(Lines.ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), ArbMap.Default.ArbFor<bool>(), SameInBoth)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Clean_lines_of_every_length_are_the_same_in_both()
    {
        for (int length = 0; length < 300; length++)
            Assert.True(SameInBoth(Encoding.ASCII.GetBytes(new string('x', length)), length, false));
    }

    [Fact]
    public void A_byte_to_escape_is_found_at_every_place_of_every_length()
    {
        foreach (byte special in new byte[] { (byte)'"', 0x00, 0x1f, 0x7f, 0x80, 0xff })
        {
            for (int length = 1; length < 100; length++)
            {
                for (int at = 0; at < length; at++)
                {
                    byte[] line = Encoding.ASCII.GetBytes(new string('x', length));
                    line[at] = special;
                    Assert.True(SameInBoth(line, length, true), $"{special:x2} at {at} of {length}");
                }
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65_000)]
    [InlineData(65_390)]
    [InlineData(65_535)]
    [InlineData(70_000)]
    [InlineData(1_048_576)]
    public void Lines_around_every_length_of_a_frame_header_fit(int length)
    {
        Assert.True(SameInBoth(Encoding.ASCII.GetBytes(new string('x', length)), 1, false));
        Assert.True(SameInBoth(new byte[length], 1, false));
        Assert.True(SameInBoth([.. Enumerable.Repeat((byte)0xff, length)], 1, true));
        Assert.True(SameInBoth(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("x漢", length / 4))), 1, true));
    }

    [Fact]
    public void Every_length_near_the_border_of_two_header_sizes_is_framed_right()
    {
        for (int length = 65_300; length < 65_540; length++)
            Assert.True(SameInBoth(Encoding.ASCII.GetBytes(new string('x', length)), 12_345_678, length % 2 == 0));
    }

    [Fact]
    public void Each_byte_that_is_no_UTF_8_becomes_one_replacement_character()
    {
        Assert.Equal("a\uFFFD\uFFFDb\uFFFD\uFFFD\uFFFD", Data([(byte)'a', 0xe2, 0x82, (byte)'b', 0xed, 0xa0, 0x80]));
        Assert.Equal("é\uFFFDé", Data([0xc3, 0xa9, 0xff, 0xc3, 0xa9]));
    }

    [Fact]
    public void Writing_allocates_nothing()
    {
        var template = new OutputFrameTemplate("t", 1, OutputStreamName.Stdout);
        byte[] line = Encoding.UTF8.GetBytes("clean, \"quoted\", größer, and \xff");
        byte[] frame = new byte[template.MaxFrameBytes(line.Length)];
        var ts = TimestampText.From(At);
        template.Write(frame, line, 1, ts, false);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            template.Write(frame, line, i, ts, false);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_destination_without_room_for_the_line_is_refused()
    {
        var template = new OutputFrameTemplate("t", 1, OutputStreamName.Stdout);
        Assert.Throws<ArgumentException>(() => template.Write(new byte[150], new byte[100], 1, TimestampText.From(At), false));
    }

    private static string Data(byte[] line)
    {
        var message = Message(line, 1, false);
        var read = (OutputMessage)ServerMessageReader.Read(Json.Bytes(message)).Message!;
        return Encoding.UTF8.GetString(read.Data.Span);
    }

    private static OutputMessage Message(byte[] line, long seq, bool partial)
        => new() { TaskId = "tä\"sk", Pid = 4711, Stream = OutputStreamName.Stderr, Data = line, Seq = seq, Ts = At, Partial = partial };

    private static bool SameInBoth(byte[] line, int seq, bool partial)
    {
        var template = new OutputFrameTemplate("tä\"sk", 4711, OutputStreamName.Stderr);
        byte[] frame = new byte[template.MaxFrameBytes(line.Length)];
        int length = template.Write(frame, line, seq, TimestampText.From(At), partial);
        byte[] payload = Json.Bytes(Message(line, seq, partial));
        byte[] header = new byte[WebSocketFrame.HeaderLength(payload.Length)];
        WebSocketFrame.WriteHeader(header, payload.Length);
        return frame.AsSpan(0, length).SequenceEqual([.. header, .. payload]) && Json.IsValid(payload) && DecodesTo(payload, Reference(line));
    }

    private static bool DecodesTo(byte[] payload, string expected)
        => System.Text.Json.JsonDocument.Parse(payload).RootElement.GetProperty("data").GetString() == expected;

    /// <summary>The rule in its plainest form.</summary>
    private static string Reference(ReadOnlySpan<byte> line)
    {
        var text = new StringBuilder();
        while (!line.IsEmpty)
        {
            bool whole = Rune.DecodeFromUtf8(line, out var rune, out int length) == System.Buffers.OperationStatus.Done;
            text.Append(whole ? rune.ToString() : "\uFFFD");
            line = line[(whole ? length : 1)..];
        }
        return text.ToString();
    }
}
