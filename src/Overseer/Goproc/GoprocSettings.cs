using System.Buffers;
using System.Text.Json;
using Overseer.Configuration;
using Overseer.Core.Tasks;
using Overseer.Core.Time;
using Overseer.Hosting;

namespace Overseer.Goproc;

/// <summary>The settings of the daemon as goproc has them: a JSON file, and two variables over it. Complaints are goproc's.</summary>
internal static class GoprocSettings
{
    private const string LivenessKey = "liveness_interval";
    private const string LastSeenKey = "last_seen_interval";

    private static readonly SearchValues<char> Numerals = SearchValues.Create("0123456789.");

    // What a timer can wait for; longer is no different.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>Reads the settings.</summary>
    /// <param name="path">The file (<c>--config</c>); null for none.</param>
    /// <param name="environment">Gives a variable; null for one that is unset or empty.</param>
    /// <param name="log">Is told of variables that are wrong; the daemon goes on without them.</param>
    /// <exception cref="StartupException">The file is wrong, or cannot be read.</exception>
    public static GoprocOptions Load(string? path, Func<string, string?> environment, Action<string> log)
    {
        var options = new GoprocOptions();
        if (path is not null)
        {
            options = OfFile(path, options);
        }

        return options with
        {
            LivenessInterval = Variable("GOPROC_LIVENESS_INTERVAL") ?? options.LivenessInterval,
            LastSeenInterval = Variable("GOPROC_LAST_SEEN_INTERVAL") ?? options.LastSeenInterval,
        };

        TimeSpan? Variable(string name)
        {
            if (environment(name) is not { } text)
            {
                return null;
            }

            try
            {
                return Positive(text);
            }
            catch (FormatException e)
            {
                log($"invalid {name} value {GoQuote.Text(text)}: {e.Message}");
                return null;
            }
        }
    }

    private static GoprocOptions OfFile(string path, GoprocOptions options)
    {
        byte[] json;
        try
        {
            json = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new StartupException($"load config {path}: open {path}: no such file or directory", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartupException($"load config {path}: {(Directory.Exists(path) ? "read" : "open")} {path}: {(Directory.Exists(path) ? "is a directory" : "permission denied")}", e);
        }

        try
        {
            if (!IsWhole(json))
            {
                throw new FormatException("unexpected end of JSON input");
            }

            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new FormatException($"the file is not a JSON object but {document.RootElement.ValueKind}");
            }

            return options with
            {
                LivenessInterval = Interval(document.RootElement, LivenessKey) ?? options.LivenessInterval,
                LastSeenInterval = Interval(document.RootElement, LastSeenKey) ?? options.LastSeenInterval,
            };
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw new StartupException($"load config {path}: {e.Message}", e);
        }
    }

    private static bool IsWhole(byte[] json)
    {
        var reader = new Utf8JsonReader(json, isFinalBlock: false, default);
        var any = false;
        while (reader.Read())
        {
            any = true;
        }

        return any && reader.CurrentDepth == 0 && reader.BytesConsumed > 0 && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray);
    }

    private static TimeSpan? Interval(JsonElement root, string key)
    {
        if (!root.TryGetProperty(key, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            throw new FormatException($"{key} must be a duration in quotes, such as \"15s\"");
        }

        var text = value.GetString()!;
        if (text.Length == 0)
        {
            return null;
        }

        try
        {
            return Positive(text) ?? throw new FormatException($"{key} must be > 0");
        }
        catch (FormatException e) when (e.Message.StartsWith("time: ", StringComparison.Ordinal))
        {
            throw new FormatException($"parse {key}: {e.Message}", e);
        }
    }

    /// <summary>The duration; null when it is none that one could wait for.</summary>
    /// <exception cref="FormatException">It is no duration, in the words of Go's library.</exception>
    private static TimeSpan? Positive(string text)
    {
        var negative = text.StartsWith('-');
        if (!GoDuration.TryParse(text.AsSpan(negative ? 1 : 0), out var value) || (negative && text.StartsWith("-+", StringComparison.Ordinal)))
        {
            throw new FormatException($"time: {Problem(text)}duration {GoQuote.Text(text)}");
        }

        return negative || value == TimeSpan.Zero ? null : TimeSpan.FromTicks(Math.Clamp(value.Ticks, Shortest.Ticks, Longest.Ticks));
    }

    /// <summary>What is wrong with it: a number without a unit, a unit that there is not, or all of it.</summary>
    private static string Problem(string text)
    {
        var rest = text.AsSpan().TrimStart("+-");
        while (!rest.IsEmpty && (char.IsAsciiDigit(rest[0]) || rest[0] == '.'))
        {
            rest = rest.TrimStart("0123456789.");
            var length = rest.IndexOfAny(Numerals);
            var unit = length < 0 ? rest : rest[..length];
            if (unit.IsEmpty)
            {
                return "missing unit in ";
            }

            if (unit is not ("ns" or "us" or "µs" or "μs" or "ms" or "s" or "m" or "h"))
            {
                return $"unknown unit {GoQuote.Text(unit.ToString())} in ";
            }

            rest = rest[unit.Length..];
        }

        return "invalid ";
    }
}
