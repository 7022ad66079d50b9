using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Overseer.Protocols.Hub;

/// <summary>Reads what the hub goes by in <c>data</c>. The rest may be anything.</summary>
internal static class HubDataReader
{
    /// <summary>Reads the object that the reader has entered, to its end, by the type of the message.</summary>
    public static HubProblem? Read(ref Utf8JsonReader reader, ref HubMessage message)
    {
        HubProblem? problem = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var wrong = message.Type switch
            {
                HubType.Log when reader.ValueTextEquals("level"u8) => Level(ref reader, ref message),
                HubType.Status when reader.ValueTextEquals("status"u8) => Word("data.status", ref reader, ref message),
                HubType.Command when reader.ValueTextEquals("command"u8) => Word("data.command", ref reader, ref message),
                HubType.Complete when reader.ValueTextEquals("exitCode"u8) => ExitCode(ref reader, ref message),
                HubType.Subscribe when reader.ValueTextEquals("history"u8) => History(ref reader, ref message),
                HubType.Subscribe when reader.ValueTextEquals("from_seq"u8) => FromSeq(ref reader, ref message),
                HubType.Heartbeat when reader.ValueTextEquals("delivery"u8) => Delivery(ref reader, ref message),
                _ => Pass(ref reader),
            };
            problem ??= wrong;
        }
        return problem;
    }

    /// <summary>Reads <c>{"id", "n"}</c>, on whose first token the reader is.</summary>
    /// <param name="field">Its name, for a problem.</param>
    /// <param name="numbered">Whether <c>n</c> must be there.</param>
    /// <param name="reader">The reader.</param>
    /// <param name="message">Takes what is read.</param>
    public static HubProblem? ReadDelivery(string field, bool numbered, ref Utf8JsonReader reader, ref HubMessage message)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        if (reader.TokenType != JsonTokenType.StartObject)
            return HubReader.Skip(ref reader, field, "an object");
        HubProblem? problem = null;
        Guid? id = null;
        long number = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String && Utf8Parser.TryParse(reader.ValueSpan, out Guid parsed, out int used) && used == reader.ValueSpan.Length)
                    id = parsed;
                else
                    problem ??= HubReader.Skip(ref reader, field + ".id", "a UUID");
            }
            else if (reader.ValueTextEquals("n"u8))
            {
                reader.Read();
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out number) || number < 1)
                    problem ??= HubReader.Skip(ref reader, field + ".n", "a whole number, 1 or more");
            }
            else
            {
                Pass(ref reader);
            }
        }
        problem ??= id is null ? HubProblem.Required(field + ".id") : numbered && number == 0 ? HubProblem.Required(field + ".n") : null;
        if (problem is null)
            (message.Delivery, message.DeliveryNumber) = (id, number);
        return problem;
    }

    private static HubProblem? Pass(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
        return null;
    }

    private static HubProblem? Delivery(ref Utf8JsonReader reader, ref HubMessage message)
    {
        reader.Read();
        return ReadDelivery("data.delivery", numbered: false, ref reader, ref message);
    }

    private static HubProblem? Level(ref Utf8JsonReader reader, ref HubMessage message)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            message.IsBad = Ascii.EqualsIgnoreCase(reader.ValueSpan, "error"u8) || Ascii.EqualsIgnoreCase(reader.ValueSpan, "warn"u8);
        else if (reader.TokenType != JsonTokenType.Null)
            return HubReader.Skip(ref reader, "data.level", "a string");
        return null;
    }

    private static HubProblem? Word(string field, ref Utf8JsonReader reader, ref HubMessage message)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            message.Word = reader.ValueSpan;
        else if (reader.TokenType != JsonTokenType.Null)
            return HubReader.Skip(ref reader, field, "a string");
        return null;
    }

    private static HubProblem? ExitCode(ref Utf8JsonReader reader, ref HubMessage message)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out int code))
            return HubReader.Skip(ref reader, "data.exitCode", "a whole number of 32 bits");
        message.ExitCode = code;
        return null;
    }

    private static HubProblem? History(ref Utf8JsonReader reader, ref HubMessage message)
    {
        var problem = Count("data.history", ref reader, out var count);
        message.History = count;
        return problem;
    }

    private static HubProblem? FromSeq(ref Utf8JsonReader reader, ref HubMessage message)
    {
        var problem = Count("data.from_seq", ref reader, out var count);
        message.FromSeq = count;
        return problem;
    }

    private static HubProblem? Count(string field, ref Utf8JsonReader reader, out long? count)
    {
        count = null;
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0)
            return HubReader.Skip(ref reader, field, "a whole number, 0 or more");
        count = number;
        return null;
    }
}
