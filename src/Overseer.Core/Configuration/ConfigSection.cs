using System.Globalization;
using Overseer.Core.Time;

namespace Overseer.Core.Configuration;

/// <summary>
/// Reads one mapping of a configuration strictly: every key that is asked for is known, and <see cref="End"/> reports all
/// others. Errors are collected, not thrown one by one: a method that finds its key missing, null or wrong returns null.
/// Keys that begin with <c>x-</c> are free for notes and anchors. Not thread-safe.
/// </summary>
public sealed class ConfigSection
{
    private readonly ConfigMapping? _mapping;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly List<ConfigurationError> _errors;
    private readonly bool _owner;

    /// <summary>Opens a section whose <see cref="End"/> throws when anything in it, or in a section inside it, is wrong.</summary>
    /// <param name="node">The mapping; null or an empty value stands for a mapping without keys; anything else is an error.</param>
    /// <param name="warnings">Where warnings go; null to have them dropped.</param>
    public ConfigSection(ConfigNode? node, ConfigurationWarnings? warnings = null) : this(node, warnings ?? new(), []) => _owner = true;

    /// <summary>Opens a section whose errors go to a list of the caller's; <see cref="End"/> does not throw.</summary>
    /// <param name="node">The mapping, as above.</param>
    /// <param name="warnings">Where warnings go.</param>
    /// <param name="errors">Where errors go.</param>
    public ConfigSection(ConfigNode? node, ConfigurationWarnings warnings, List<ConfigurationError> errors)
    {
        Warnings = warnings;
        _errors = errors;
        Source = node;
        _mapping = node as ConfigMapping;
        if (_mapping is null && node is not (null or ConfigScalar { Value: null })) Fail(node, $"must be a mapping, not {node.Kind}");
    }

    /// <summary>What the section was opened with.</summary>
    public ConfigNode? Source { get; }

    /// <summary>Where warnings go.</summary>
    public ConfigurationWarnings Warnings { get; }

    /// <summary>All that was found wrong so far, in this section and the ones it shares its list with.</summary>
    public IReadOnlyList<ConfigurationError> Errors => _errors;

    /// <summary>Keys and values as they are, <c>x-</c> keys left out. Does not make any key known.</summary>
    public IEnumerable<KeyValuePair<string, ConfigNode>> Entries =>
        _mapping?.Entries.Where(entry => !IsFree(entry.Key)) ?? [];

    /// <summary>Whether a key is there, null included. Makes it known.</summary>
    public bool Has(string key) => Known(key) is not null;

    /// <summary>The value as it is, or null when it is not there or null. Makes the key known.</summary>
    public ConfigNode? Node(string key) => Known(key) is { } node and not ConfigScalar { Value: null } ? node : null;

    /// <summary>Makes keys known without reading them.</summary>
    public void Ignore(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys) _known.Add(key);
    }

    /// <summary>A text. Numbers and flags are taken as they are written.</summary>
    public string? Text(string key) => Scalar(key)?.Value;

    /// <summary>A text that must be there and not be empty.</summary>
    public string? RequiredText(string key)
    {
        var text = Text(key);
        if (!string.IsNullOrEmpty(text)) return text;
        if (text is not null) Fail(Known(key), "must not be empty");
        else if (Node(key) is null) Fail(Known(key) ?? Source, Known(key) is null ? $"{key} is required" : "is required");
        return null;
    }

    /// <summary>A duration of 0 or more.</summary>
    public TimeSpan? Duration(string key)
    {
        if (Scalar(key) is not { Value: { } text } node) return null;
        if (GoDuration.TryParse(text, out var value)) return value;
        var hint = double.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? $"; did you mean \"{text}s\"?" : "";
        Fail(node, $"\"{text}\" is not {GoDuration.Expected}{hint}");
        return null;
    }

    /// <summary>A whole number in a range, both ends included.</summary>
    public long? Integer(string key, long min = long.MinValue, long max = long.MaxValue)
    {
        if (Scalar(key) is not { Value: { } text } node) return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max) return value;
        Fail(node, $"\"{text}\" is not a whole number{Range(min, max)}");
        return null;
    }

    /// <summary>A number in a range, both ends included.</summary>
    public double? Number(string key, double min, double max)
    {
        if (Scalar(key) is not { Value: { } text } node) return null;
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (double.TryParse(text, Style, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max) return value;
        Fail(node, string.Create(CultureInfo.InvariantCulture, $"\"{text}\" is not a number from {min} to {max}"));
        return null;
    }

    /// <summary>A number of bytes in a range: <c>65536</c>, <c>64KiB</c>, <c>1 MiB</c>, <c>2GB</c>.</summary>
    public long? Bytes(string key, long min, long max)
    {
        if (Scalar(key) is not { Value: { } text } node) return null;
        if (ByteSize.TryParse(text, out var value) && value >= min && value <= max) return value;
        Fail(node, $"\"{text}\" is not a number of bytes from {ByteSize.Format(min)} to {ByteSize.Format(max)} (units KiB MiB GiB TiB, KB MB GB TB)");
        return null;
    }

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public bool? Flag(string key)
    {
        if (Scalar(key) is not { Value: { } text } node) return null;
        switch (text)
        {
            case "true" or "True" or "TRUE": return true;
            case "false" or "False" or "FALSE": return false;
            default:
                Fail(node, $"\"{text}\" is neither true nor false");
                return null;
        }
    }

    /// <summary>One of a few words, case exact.</summary>
    public string? Enum(string key, params ReadOnlySpan<string> allowed)
    {
        if (Scalar(key) is not { Value: { } text } node) return null;
        if (allowed.Contains(text)) return text;
        var near = NearestKey.Find(text, allowed.ToArray());
        Fail(node, $"\"{text}\" is not allowed; allowed are {string.Join(", ", allowed.ToArray())}{(near is null ? "" : $" (did you mean {near}?)")}");
        return null;
    }

    /// <summary>A list of texts; a null item is an error.</summary>
    public IReadOnlyList<string>? TextList(string key)
    {
        switch (Node(key))
        {
            case null: return null;
            case ConfigSequence list:
                var texts = new List<string>(list.Items.Count);
                foreach (var item in list.Items)
                {
                    if (item is ConfigScalar { Value: { } text }) texts.Add(text);
                    else Fail(item, $"must be text, not {item.Kind}{TemplateHint(item)}");
                }

                return texts;
            case var other:
                Fail(other, $"must be a list of texts, not {other.Kind}");
                return null;
        }
    }

    /// <summary>A list of texts, or one text with its items between commas, blanks around them dropped.</summary>
    public IReadOnlyList<string>? CommaList(string key) =>
        Node(key) is ConfigScalar { Value: { } text }
            ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : TextList(key);

    /// <summary>A mapping of names to texts, in the order written; a null value is the empty text.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? TextMap(string key)
    {
        switch (Node(key))
        {
            case null: return null;
            case ConfigMapping mapping:
                var texts = new List<KeyValuePair<string, string>>(mapping.Entries.Count);
                foreach (var (name, value) in mapping.Entries)
                {
                    if (value is ConfigScalar scalar) texts.Add(new(name, scalar.Value ?? ""));
                    else Fail(value, $"must be text, not {value.Kind}");
                }

                return texts;
            case var other:
                Fail(other, $"must be a mapping of names to texts, not {other.Kind}");
                return null;
        }
    }

    /// <summary>A mapping, to be read by the same rules; null when the key is not there or null. The caller calls its <see cref="End"/>.</summary>
    public ConfigSection? Section(string key)
    {
        switch (Node(key))
        {
            case null: return null;
            case ConfigMapping mapping: return new ConfigSection(mapping, Warnings, _errors);
            case var other:
                Fail(other, $"must be a mapping, not {other.Kind}");
                return null;
        }
    }

    /// <summary>Opens a mapping found in <see cref="Entries"/> or in a list, with the same places for errors and warnings.</summary>
    public ConfigSection Open(ConfigNode node) => new(node, Warnings, _errors);

    /// <summary>Reports an error of the caller's own about a key.</summary>
    public void Error(string key, string message) => Fail(Known(key) ?? Source, Known(key) is null ? $"{key} {message}" : message);

    /// <summary>Reports an error of the caller's own about a value.</summary>
    public void Fail(ConfigNode? node, string message) => _errors.Add(ConfigurationError.At(node, message));

    /// <summary>Reports a warning about a key.</summary>
    public void Warn(string key, string message) => Warnings.Add(Known(key) ?? Source, message);

    /// <summary>If the key is there and not null: warns that it has no effect yet. See <see cref="ConfigurationWarnings.NotYet"/>.</summary>
    public void NotYet(string key, string consequence)
    {
        if (Node(key) is { } node) Warnings.NotYet(node, consequence);
    }

    /// <summary>
    /// Reports every key that nobody asked for, with the nearest known one.
    /// </summary>
    /// <exception cref="ConfigurationException">This section owns its errors and there are some; all of them are in it.</exception>
    public void End()
    {
        foreach (var (key, value) in Entries)
        {
            if (_known.Contains(key)) continue;
            var near = NearestKey.Find(key, _known);
            var rest = near is not null ? $"did you mean {near}?"
                : _known.Count == 0 ? "no keys are allowed here"
                : $"known here are {string.Join(", ", _known.Order(StringComparer.Ordinal))}";
            Fail(value, $"unknown key; {rest}");
        }

        if (_owner && _errors.Count > 0) throw new ConfigurationException([.. _errors]);
    }

    /// <summary>YAML reads <c>[[.name]]</c> without quotes as a list in a list.</summary>
    private static string TemplateHint(ConfigNode node) =>
        node is ConfigSequence { Items: [ConfigSequence { Items: [ConfigScalar { Value: { } text }] }] } ? $"; a template needs quotes: \"[[{text}]]\"" : "";

    private static bool IsFree(string key) => key.StartsWith("x-", StringComparison.Ordinal);

    private static string Range(long min, long max) => (min, max) switch
    {
        (long.MinValue, long.MaxValue) => "",
        (_, long.MaxValue) => $" of {min} or more",
        (long.MinValue, _) => $" of {max} or less",
        _ => $" from {min} to {max}",
    };

    private ConfigNode? Known(string key)
    {
        _known.Add(key);
        return _mapping?.TryGet(key);
    }

    private ConfigScalar? Scalar(string key)
    {
        switch (Node(key))
        {
            case null: return null;
            case ConfigScalar scalar: return scalar;
            case var other:
                Fail(other, $"must be a single value, not {other.Kind}{TemplateHint(other)}");
                return null;
        }
    }
}
