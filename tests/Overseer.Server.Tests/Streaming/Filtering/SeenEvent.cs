using System.Buffers.Binary;
using System.Text.Json;
using Overseer.Streams;

namespace Overseer.Server.Tests.Streaming.Filtering;

/// <summary>An event as a subscriber gets it: a line with its number, a gap with the first and last number that is missing, or an exit.</summary>
internal readonly record struct SeenEvent(string Type, long Seq, string Text)
{
    public static SeenEvent Line(long seq, string text) => new("output", seq, text);

    public static SeenEvent Gap(long from, long to) => new("gap", from, $"{to}");

    public static SeenEvent Exit { get; } = new("exited", 0, "");

    /// <summary>The events in a slice, which is let go.</summary>
    public static IEnumerable<SeenEvent> Read(FrameSlice slice)
    {
        var events = new List<SeenEvent>();
        for (var rest = slice.Bytes; rest.Length > 0;)
        {
            var frame = rest.Span;
            Assert.Equal(0x81, frame[0]);
            var (begin, length) = (frame[1] & 0x7f) switch
            {
                126 => (4, BinaryPrimitives.ReadUInt16BigEndian(frame[2..])),
                127 => (10, (int)BinaryPrimitives.ReadInt64BigEndian(frame[2..])),
                var small => (2, small),
            };
            using var json = JsonDocument.Parse(rest.Slice(begin, length));
            events.Add(Of(json.RootElement));
            rest = rest[(begin + length)..];
        }

        slice.Release();
        return events;
    }

    private static SeenEvent Of(JsonElement message) => message.GetProperty("type").GetString() switch
    {
        "output" => Line(message.GetProperty("seq").GetInt64(), message.GetProperty("data").GetString()! + (message.TryGetProperty("partial", out _) ? "…" : "")),
        "gap" => Gap(message.GetProperty("from_seq").GetInt64(), message.GetProperty("to_seq").GetInt64()),
        var type => new SeenEvent(type!, 0, ""),
    };
}
