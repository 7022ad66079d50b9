// Reads what containers and viewers say. A message of a container is looked at once, token by token, and goes on as the bytes that came: nothing is
// taken apart that is only passed on. Type, container and data usually come in this order; data that come before the type are looked at when that is known.

using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Overseer.Core.Tasks;

namespace Overseer.Protocols.Hub;

/// <summary>Reads messages of the hub. Whatever the bytes are, the result is a message or a problem: nothing is thrown.</summary>
internal static class HubReader
{
    /// <summary>How many objects and arrays may be open at once, the message itself included.</summary>
    public const int MaxDepth = 32;

    private const int MaxShown = 40;
    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>Reads one message.</summary>
    /// <param name="utf8">The whole message.</param>
    /// <param name="message">The message. When it cannot be taken, as far as it was read.</param>
    public static HubProblem? Read(ReadOnlySpan<byte> utf8, out HubMessage message)
    {
        message = new HubMessage { Source = utf8 };
        if (!Utf8.IsValid(utf8))
            return new HubProblem("", "the message is not UTF-8");
        try
        {
            return ReadFields(utf8, ref message);
        }
        catch (JsonException e)
        {
            return new HubProblem("", $"invalid JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
        }
    }

    /// <summary>Gives a string its escapes' meaning; false when they mean no text (half of a surrogate pair).</summary>
    public static bool TryDecode(ReadOnlySpan<byte> raw, out string text)
    {
        text = "";
        try
        {
            if (!raw.Contains((byte)'\\'))
            {
                text = Encoding.UTF8.GetString(raw);
                return true;
            }
            byte[] quoted = [(byte)'"', .. raw, (byte)'"'];
            var reader = new Utf8JsonReader(quoted);
            reader.Read();
            text = reader.GetString()!;
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The id of the task that a container is.</summary>
    public static HubProblem? ReadContainerId(ReadOnlySpan<byte> raw, out string id)
        => !TryDecode(raw, out id) ? HubProblem.MustBe("containerID", "text")
            : id.Length == 0 ? new HubProblem("containerID", "containerID must not be empty")
            : StartChecks.TaskId(id) is { } wrong ? new HubProblem("containerID", wrong.Replace("task_id", "containerID", StringComparison.Ordinal))
            : null;

    private static HubProblem? ReadFields(ReadOnlySpan<byte> utf8, ref HubMessage message)
    {
        var reader = new Utf8JsonReader(utf8, Options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return new HubProblem("", "the message must be a JSON object");
        var seen = Seen.Nothing;
        HubProblem? problem = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int start = (int)reader.TokenStartIndex;
            var field = FieldOf(ref reader);
            reader.Read();
            var wrong = ReadField(field, start, seen, ref reader, ref message);
            // The first mistake counts. What comes behind it is looked at all the same: it may be no JSON, or the token.
            problem ??= field != Seen.Nothing && (seen & field) != Seen.Nothing ? HubProblem.Twice(NameOf(field)) : wrong;
            if (field == Seen.Data && (seen & Seen.Type) == Seen.Nothing && !message.Data.IsEmpty)
                seen |= Seen.LateData;
            seen |= field;
        }
        // Whatever follows the object.
        while (reader.Read())
        {
        }
        return problem ?? Complete(seen, ref message);
    }

    private static HubProblem? Complete(Seen seen, ref HubMessage message)
    {
        if ((seen & Seen.Type) == Seen.Nothing)
            return HubProblem.Required("type");
        if (message.ContainerId.IsEmpty && message.Type != HubType.Heartbeat)
            return (seen & Seen.ContainerId) == Seen.Nothing ? HubProblem.Required("containerID") : new HubProblem("containerID", "containerID must not be empty");
        if ((seen & Seen.LateData) != Seen.Nothing)
        {
            var late = new Utf8JsonReader(message.Data, Options);
            late.Read();
            if (HubDataReader.Read(ref late, ref message) is { } problem)
                return problem;
        }
        return message is { Type: HubType.Command, Word.IsEmpty: true } ? HubProblem.Required("data.command") : null;
    }

    private static HubProblem? ReadField(Seen field, int start, Seen seen, ref Utf8JsonReader reader, ref HubMessage message)
    {
        switch (field)
        {
            case Seen.Type:
                return ReadType(ref reader, ref message);
            case Seen.ContainerId:
                message.ContainerId = reader.TokenType == JsonTokenType.String ? reader.ValueSpan : default;
                return reader.TokenType is JsonTokenType.String ? null : Skip(ref reader, "containerID", "a string");
            case Seen.Timestamp:
                return ReadTimestamp(ref reader, ref message);
            case Seen.Data:
                return ReadData(seen, ref reader, ref message);
            case Seen.Auth:
                return ReadAuth(ref reader, ref message);
            case Seen.Sequence:
                // Its place in the journal is the hub's to say.
                reader.Skip();
                return null;
            case Seen.Delivery:
                if (HubDataReader.ReadDelivery("delivery", numbered: true, ref reader, ref message) is { } problem)
                    return problem;
                break;
            default:
                reader.Skip();
                break;
        }
        return message.TryAddExtra(start, (int)reader.BytesConsumed) ? null : new HubProblem("", $"the message has more than {HubMessage.MostExtras} further fields");
    }

    private static HubProblem? ReadType(ref Utf8JsonReader reader, ref HubMessage message)
    {
        if (reader.TokenType != JsonTokenType.String)
            return Skip(ref reader, "type", "a string");
        bool known = HubTypeName.TryFind(reader.ValueSpan, out var type, out bool isLower);
        string name = "";
        if (!known && reader.ValueIsEscaped && TryDecode(reader.ValueSpan, out name))
            known = HubTypeName.TryFind(Encoding.UTF8.GetBytes(name), out type, out isLower);
        (message.Type, message.IsLower) = (type, isLower);
        if (known)
            return null;
        TryDecode(reader.ValueSpan, out name);
        return new HubProblem("type", $"unknown type: {(name.Length > MaxShown ? name[..(char.IsHighSurrogate(name[MaxShown - 1]) ? MaxShown - 1 : MaxShown)] + "…" : name)}");
    }

    private static HubProblem? ReadTimestamp(ref Utf8JsonReader reader, ref HubMessage message)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number))
            return Skip(ref reader, "timestamp", "a string");
        message.Timestamp = message.Source[(int)reader.TokenStartIndex..(int)reader.BytesConsumed];
        return null;
    }

    private static HubProblem? ReadData(Seen seen, ref Utf8JsonReader reader, ref HubMessage message)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        if (reader.TokenType != JsonTokenType.StartObject)
            return Skip(ref reader, "data", "an object");
        int start = (int)reader.TokenStartIndex;
        HubProblem? problem = null;
        if ((seen & Seen.Type) != Seen.Nothing)
            problem = HubDataReader.Read(ref reader, ref message);
        else
            reader.Skip();
        message.Data = message.Source[start..(int)reader.BytesConsumed];
        return problem;
    }

    private static HubProblem? ReadAuth(ref Utf8JsonReader reader, ref HubMessage message)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        if (reader.TokenType != JsonTokenType.StartObject)
            return Skip(ref reader, "auth", "an object");
        HubProblem? problem = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isToken = reader.ValueTextEquals("token"u8);
            reader.Read();
            if (!isToken)
                reader.Skip();
            else if (reader.TokenType == JsonTokenType.String)
            {
                message.Token = reader.ValueSpan;
                message.HasToken = true;
            }
            else if (reader.TokenType != JsonTokenType.Null)
                problem = Skip(ref reader, "auth.token", "a string");
        }
        return problem;
    }

    internal static HubProblem Skip(ref Utf8JsonReader reader, string field, string what)
    {
        reader.Skip();
        return HubProblem.MustBe(field, what);
    }

    private static Seen FieldOf(ref Utf8JsonReader reader)
        => reader.ValueTextEquals("type"u8) ? Seen.Type
            : reader.ValueTextEquals("containerID"u8) ? Seen.ContainerId
            : reader.ValueTextEquals("timestamp"u8) ? Seen.Timestamp
            : reader.ValueTextEquals("data"u8) ? Seen.Data
            : reader.ValueTextEquals("auth"u8) ? Seen.Auth
            : reader.ValueTextEquals("delivery"u8) ? Seen.Delivery
            : reader.ValueTextEquals("seq"u8) ? Seen.Sequence
            : Seen.Nothing;

    private static string NameOf(Seen field) => field switch
    {
        Seen.ContainerId => "containerID",
        Seen.Sequence => "seq",
        _ => field.ToString().ToLowerInvariant(),
    };

    [Flags]
    private enum Seen
    {
        Nothing = 0,
        Type = 1,
        ContainerId = 2,
        Timestamp = 4,
        Data = 8,
        Auth = 16,
        Delivery = 32,
        Sequence = 64,
        LateData = 128,
    }
}
