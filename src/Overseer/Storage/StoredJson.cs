using System.Buffers;
using System.Text.Json;
using Overseer.Core.Tasks;
using Overseer.Protocols.Json;

namespace Overseer.Storage;

/// <summary>Lists, maps and policies as columns: JSON. Not thread-safe.</summary>
internal sealed class StoredJson
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    /// <summary>Sets the next parameter to a list.</summary>
    public void Set(StoreStatement statement, IReadOnlyList<string>? texts)
    {
        if (texts is null)
        {
            statement.SetNull();
            return;
        }

        _buffer.ResetWrittenCount();
        var json = new JsonOutput(_buffer);
        json.Raw((byte)'[');
        for (var i = 0; i < texts.Count; i++)
        {
            if (i > 0) json.Raw((byte)',');
            json.Text(texts[i]);
        }

        json.Raw((byte)']');
        json.Complete();
        statement.SetUtf8(_buffer.WrittenSpan);
    }

    /// <summary>Sets the next parameter to a map.</summary>
    public void Set(StoreStatement statement, IReadOnlyDictionary<string, string>? texts)
    {
        if (texts is null)
        {
            statement.SetNull();
            return;
        }

        _buffer.ResetWrittenCount();
        var json = new JsonOutput(_buffer);
        json.Raw((byte)'{');
        var first = true;
        foreach (var (name, value) in texts)
        {
            if (!first) json.Raw((byte)',');
            first = false;
            json.Text(name);
            json.Raw((byte)':');
            json.Text(value);
        }

        json.Raw((byte)'}');
        json.Complete();
        statement.SetUtf8(_buffer.WrittenSpan);
    }

    /// <summary>Sets the next parameter to a policy.</summary>
    public void Set(StoreStatement statement, RetryPolicy? policy)
    {
        if (policy is null)
        {
            statement.SetNull();
            return;
        }

        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer))
        {
            json.WriteStartObject();
            Write(json, "restart_delay"u8, policy.RestartDelay);
            Write(json, "restart_jitter"u8, policy.RestartJitter);
            Write(json, "error_window"u8, policy.ErrorWindow);
            if (policy.ErrorThreshold is { } threshold) json.WriteNumber("error_threshold"u8, threshold);
            if (policy.RestartOn is { } condition) json.WriteString("restart_on"u8, StoredWords.Of(condition));
            if (policy.BackoffFactor is { } factor) json.WriteNumber("backoff_factor"u8, factor);
            Write(json, "max_restart_delay"u8, policy.MaxRestartDelay);
            json.WriteEndObject();
        }

        statement.SetUtf8(_buffer.WrittenSpan);
    }

    /// <exception cref="JsonException">It is no list of texts.</exception>
    public static IReadOnlyList<string>? List(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty) return null;
        var reader = new Utf8JsonReader(json);
        Expect(ref reader, JsonTokenType.StartArray);
        var texts = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            texts.Add(Text(ref reader));
        }

        return texts;
    }

    /// <exception cref="JsonException">It is no map of texts.</exception>
    public static IReadOnlyDictionary<string, string>? Map(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty) return null;
        var reader = new Utf8JsonReader(json);
        Expect(ref reader, JsonTokenType.StartObject);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            texts[name] = Text(ref reader);
        }

        return texts;
    }

    /// <summary>Fields that this version does not know are left out.</summary>
    /// <exception cref="JsonException">It is no policy.</exception>
    public static RetryPolicy? Policy(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty) return null;
        var reader = new Utf8JsonReader(json);
        Expect(ref reader, JsonTokenType.StartObject);
        var policy = RetryPolicy.Empty;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            policy = name switch
            {
                "restart_delay" => policy with { RestartDelay = Duration(ref reader) },
                "restart_jitter" => policy with { RestartJitter = Duration(ref reader) },
                "error_window" => policy with { ErrorWindow = Duration(ref reader) },
                "error_threshold" => policy with { ErrorThreshold = (int)Number(ref reader) },
                "restart_on" => policy with { RestartOn = StoredWords.Condition(Text(ref reader)) ?? throw new JsonException("restart_on is neither any nor failure") },
                "backoff_factor" => policy with { BackoffFactor = Number(ref reader) },
                "max_restart_delay" => policy with { MaxRestartDelay = Duration(ref reader) },
                _ => Skipped(ref reader, policy),
            };
        }

        return policy;
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, TimeSpan? duration)
    {
        if (duration is { } set) json.WriteNumber(name, StoredTime.Nanoseconds(set));
    }

    private static RetryPolicy Skipped(ref Utf8JsonReader reader, RetryPolicy policy)
    {
        reader.Skip();
        return policy;
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType kind)
    {
        if (!reader.Read() || reader.TokenType != kind) throw new JsonException($"{kind} is missing");
    }

    private static string Text(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException("a text is missing");

    private static double Number(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.Number ? reader.GetDouble() : throw new JsonException("a number is missing");

    private static TimeSpan Duration(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var nanoseconds) ? StoredTime.Duration(nanoseconds) : throw new JsonException("a duration is missing");
}
