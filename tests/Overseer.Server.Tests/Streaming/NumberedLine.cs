using System.Text.Json;

namespace Overseer.Server.Tests.Streaming;

/// <summary>What a test of many lines looks at in a message: read without making objects of it.</summary>
internal readonly record struct NumberedLine(string Type, string? TaskId, string? Id, long Seq, long Number, long NextSeq)
{
    /// <summary>Reads a message whose `data`, if it has any, is a number, perhaps behind a word.</summary>
    public static NumberedLine Read(ReadOnlyMemory<byte> message)
    {
        var reader = new Utf8JsonReader(message.Span);
        string? type = null, task = null, id = null;
        long seq = 0, number = 0, next = 0;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                type = reader.ValueTextEquals("output"u8) ? "output" : reader.GetString();
            }
            else if (reader.ValueTextEquals("task_id"u8))
            {
                reader.Read();
                task = reader.GetString();
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                id = reader.GetString();
            }
            else if (reader.ValueTextEquals("seq"u8))
            {
                reader.Read();
                seq = reader.GetInt64();
            }
            else if (reader.ValueTextEquals("next_seq"u8))
            {
                reader.Read();
                next = reader.GetInt64();
            }
            else if (reader.ValueTextEquals("data"u8))
            {
                reader.Read();
                var text = reader.ValueSpan;
                Assert.True(System.Buffers.Text.Utf8Parser.TryParse(text[(text.LastIndexOf((byte)' ') + 1)..], out number, out _));
            }
            else
            {
                reader.Read();
                reader.TrySkip();
            }
        }

        return new NumberedLine(type!, task, id, seq, number, next);
    }
}
