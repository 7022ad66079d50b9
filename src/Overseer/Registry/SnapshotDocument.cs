using System.Globalization;
using System.Text.Json;
using Overseer.Protocols.Json;

namespace Overseer.Registry;

/// <summary>goproc's snapshot (PROTOCOLS.md, "goproc"): read as its program writes it, and written so that it reads it.</summary>
/// <param name="NextId">The number that is given out next.</param>
/// <param name="Processes">The processes.</param>
internal sealed record SnapshotDocument(long NextId, IReadOnlyList<SnapshotProcess> Processes)
{
    private const int Version = 1;
    private const int FlushBytes = 64 << 10;

    /// <summary>Reads a document. Members that are not known are left out.</summary>
    /// <exception cref="JsonException">It is none; the message says where.</exception>
    public static SnapshotDocument Read(ReadOnlyMemory<byte> utf8)
    {
        using var json = Parse(utf8);
        var root = json.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("it is no JSON object");
        }

        var version = Member(root, "version") is { } written ? Number(written, "version") : Version;
        if (version != Version)
        {
            throw new JsonException(string.Create(CultureInfo.InvariantCulture, $"version is {version}, only {Version} is known"));
        }

        var processes = new List<SnapshotProcess>();
        if (Member(root, "procs") is { ValueKind: not JsonValueKind.Null } procs)
        {
            if (procs.ValueKind != JsonValueKind.Array)
            {
                throw new JsonException("procs is no list");
            }

            foreach (var process in procs.EnumerateArray())
            {
                processes.Add(ReadProcess(process, $"procs[{processes.Count}]"));
            }
        }

        var ids = new HashSet<long>();
        foreach (var process in processes)
        {
            if (!ids.Add(process.Id))
            {
                throw new JsonException(string.Create(CultureInfo.InvariantCulture, $"two procs have the id {process.Id}"));
            }
        }

        return new SnapshotDocument(Member(root, "next_id") is { } next ? Number(next, "next_id") : 1, processes);
    }

    /// <summary>Writes a document, indented by two spaces, one process at a time: there may be very many.</summary>
    public static void Write(Stream to, long nextId, IEnumerable<SnapshotProcess> processes, DateTimeOffset now)
    {
        using var json = new Utf8JsonWriter(to, new JsonWriterOptions { Indented = true, IndentSize = 2, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteNumber("version"u8, Version);
        json.WriteNumber("next_id"u8, nextId);
        json.WriteStartArray("procs"u8);
        foreach (var process in processes)
        {
            Write(json, process);
            if (json.BytesPending > FlushBytes)
            {
                json.Flush();
            }
        }

        json.WriteEndArray();
        json.WriteNumber("created_unix"u8, now.ToUnixTimeSeconds());
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SnapshotProcess process)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, process.Id);
        json.WriteNumber("pid"u8, process.Pid);
        json.WriteNumber("pgid"u8, process.Pgid);
        json.WriteString("cmd"u8, process.Cmd);
        json.WriteString("name"u8, process.Name);
        json.WriteBoolean("alive"u8, process.Alive);
        json.WriteString("added_at"u8, Text(process.AddedAt));
        json.WriteString("last_seen"u8, Text(process.LastSeen));
        json.WriteStartObject("meta"u8);
        Write(json, "tags"u8, process.Tags);
        Write(json, "groups"u8, process.Groups);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<string> texts)
    {
        if (texts.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture);

    private static JsonDocument Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            return JsonDocument.Parse(utf8);
        }
        catch (JsonException e) when (IsCutOff(utf8.Span))
        {
            // As the original says it.
            throw new JsonException("unexpected end of JSON input", e);
        }
    }

    /// <summary>Whether all that is wrong is that it ends too early.</summary>
    private static bool IsCutOff(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, isFinalBlock: false, default);
        try
        {
            while (reader.Read())
            {
                // On to the end, or to what is wrong.
            }
        }
        catch (JsonException)
        {
            return false;
        }

        return true;
    }

    private static SnapshotProcess ReadProcess(JsonElement process, string at)
    {
        if (process.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException($"{at} is no JSON object");
        }

        var id = Member(process, "id") is { } number ? Number(number, $"{at}.id") : 0;
        var pid = Member(process, "pid") is { } process_ ? Number(process_, $"{at}.pid") : 0;
        if (id <= 0)
        {
            throw new JsonException($"{at}.id is not positive");
        }

        if (pid is <= 0 or > int.MaxValue)
        {
            throw new JsonException($"{at}.pid is no pid");
        }

        var meta = Member(process, "meta") is { ValueKind: JsonValueKind.Object } given ? given : default;
        var added = Time(process, "added_at", at);
        return new SnapshotProcess
        {
            Id = id,
            Pid = (int)pid,
            Pgid = Member(process, "pgid") is { } group ? (int)Math.Clamp(Number(group, $"{at}.pgid"), 0, int.MaxValue) : 0,
            Cmd = String(process, "cmd", at),
            Name = String(process, "name", at),
            Alive = Member(process, "alive") is { ValueKind: JsonValueKind.True },
            AddedAt = added ?? DateTimeOffset.UnixEpoch,
            LastSeen = Time(process, "last_seen", at) ?? added ?? DateTimeOffset.UnixEpoch,
            Tags = Strings(meta, "tags", at),
            Groups = Strings(meta, "groups", at),
        };
    }

    private static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : null;

    private static long Number(JsonElement element, string at) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var number) ? number : throw new JsonException($"{at} is no whole number");

    private static string String(JsonElement element, string name, string at) => Member(element, name) switch
    {
        null or { ValueKind: JsonValueKind.Null } => "",
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        _ => throw new JsonException($"{at}.{name} is no text"),
    };

    private static DateTimeOffset? Time(JsonElement element, string name, string at) =>
        String(element, name, at) is { Length: > 0 } text ? Rfc3339.TryParse(text, out var time) ? time : throw new JsonException($"{at}.{name} is no time") : null;

    private static IReadOnlyList<string> Strings(JsonElement element, string name, string at)
    {
        if (Member(element, name) is not { ValueKind: not JsonValueKind.Null } list)
        {
            return [];
        }

        return list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(text => text.ValueKind == JsonValueKind.String)
            ? [.. list.EnumerateArray().Select(text => text.GetString()!)]
            : throw new JsonException($"{at}.meta.{name} is no list of texts");
    }
}
