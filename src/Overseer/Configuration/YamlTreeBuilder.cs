using Overseer.Core.Configuration;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Overseer.Configuration;

/// <summary>
/// Composes the parser's events into a tree. Anchors, aliases and merge keys (<c>&lt;&lt;</c>) work; each use of an alias is a tree of
/// its own, so that every node knows the keys that lead to it. What an alias may multiply is bounded: a small file cannot grow without end.
/// </summary>
internal sealed class YamlTreeBuilder
{
    private const int MaxDepth = 64;
    private const int MaxNodes = 200_000;
    private const string MergeKey = "<<";

    private readonly string _file;
    private readonly List<ConfigurationError> _errors;
    private readonly Parser _parser;
    private readonly Dictionary<AnchorName, RawNode> _anchors = [];
    private int _nodes;

    public YamlTreeBuilder(string file, string text, List<ConfigurationError> errors)
    {
        _file = file;
        _errors = errors;
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>The line the parser has come to, 1-based.</summary>
    public int Line => (int)Math.Max(1, _parser.Current?.End.Line ?? 1);

    /// <summary>Builds the only document; null when there is none.</summary>
    /// <exception cref="YamlException">The text is no YAML.</exception>
    /// <exception cref="ConfigurationException">It is, but has what is not allowed here.</exception>
    public ConfigNode? Build()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _)) return null;
        _parser.Consume<DocumentStart>();
        var raw = Compose(0);
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out var second))
            throw Stop(second.Start, "a second document begins here; one file holds one");
        return Materialize(raw, "", raw.Start, 0);
    }

    private static string Child(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    private RawNode Compose(int depth)
    {
        var started = _parser.Consume<ParsingEvent>();
        if (depth > MaxDepth) throw Stop(started.Start, $"nested deeper than {MaxDepth} levels");
        if (started is AnchorAlias alias)
        {
            return _anchors.TryGetValue(alias.Value, out var target)
                ? target
                : throw Stop(alias.Start, $"alias *{alias.Value.Value} has no anchor &{alias.Value.Value} before it");
        }

        var node = (NodeEvent)started;
        RefuseTag(node);
        RawNode raw;
        switch (node)
        {
            case Scalar scalar:
                raw = new RawScalar(scalar.Start, scalar.Value, IsText(scalar));
                break;
            case SequenceStart:
                var items = new List<RawNode>();
                while (!_parser.TryConsume<SequenceEnd>(out _)) items.Add(Compose(depth + 1));
                raw = new RawSequence(node.Start, items);
                break;
            default:
                var entries = new List<(RawNode Key, Mark At, RawNode Value)>();
                while (!_parser.TryConsume<MappingEnd>(out _))
                {
                    var at = _parser.Current!.Start;
                    entries.Add((Compose(depth + 1), at, Compose(depth + 1)));
                }

                raw = new RawMapping(node.Start, entries);
                break;
        }

        if (!node.Anchor.IsEmpty) _anchors[node.Anchor] = raw;
        return raw;
    }

    private static bool IsText(Scalar scalar) => scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any) || scalar.Tag == "tag:yaml.org,2002:str";

    private void RefuseTag(NodeEvent node)
    {
        if (node.Tag.IsEmpty || node.Tag.IsNonSpecific) return;
        if (node.Tag.Value is "tag:yaml.org,2002:str" or "tag:yaml.org,2002:int" or "tag:yaml.org,2002:bool" or "tag:yaml.org,2002:float"
            or "tag:yaml.org,2002:null" or "tag:yaml.org,2002:map" or "tag:yaml.org,2002:seq") return;
        throw Stop(node.Start, $"the tag {node.Tag.Value} is not supported; quote the value if it is text that begins with \"!\"");
    }

    /// <summary>Gives a composed node its path. <paramref name="at"/> is where its key stands, or itself in a list.</summary>
    private ConfigNode Materialize(RawNode raw, string path, Mark at, int depth)
    {
        if (++_nodes > MaxNodes) throw Stop(at, $"more than {MaxNodes} values, most of them through aliases");
        if (depth > MaxDepth) throw Stop(at, $"nested deeper than {MaxDepth} levels");
        var (line, column) = ((int)at.Line, (int)at.Column);
        switch (raw)
        {
            case RawScalar scalar:
                var isNull = !scalar.IsText && scalar.Value is ("" or "~" or "null" or "Null" or "NULL");
                return new ConfigScalar(isNull ? null : scalar.Value, scalar.IsText, _file, line, column, path);
            case RawSequence sequence:
                var items = new List<ConfigNode>(sequence.Items.Count);
                for (var index = 0; index < sequence.Items.Count; index++)
                    items.Add(Materialize(sequence.Items[index], $"{path}[{index}]", sequence.Items[index].Start, depth + 1));
                return new ConfigSequence(items, _file, line, column, path);
            default:
                return new ConfigMapping(Entries((RawMapping)raw, path, depth), _file, line, column, path);
        }
    }

    /// <summary>The mapping's own entries first, then what it merges: own keys win, earlier merged mappings win over later ones.</summary>
    private List<KeyValuePair<string, ConfigNode>> Entries(RawMapping mapping, string path, int depth)
    {
        var entries = new List<KeyValuePair<string, ConfigNode>>(mapping.Entries.Count);
        var seen = new Dictionary<string, Mark>(StringComparer.Ordinal);
        foreach (var (keyNode, at, value) in mapping.Entries)
        {
            if (keyNode is not RawScalar key)
            {
                Error(at, path, "a key must be a single text; to use a value that begins with [ or {, quote it");
                continue;
            }

            if (key is { Value: MergeKey, IsText: false }) continue;
            if (seen.TryGetValue(key.Value, out var first))
            {
                Error(at, Child(path, key.Value), $"this key is here twice; it was first given in line {first.Line}");
                continue;
            }

            seen.Add(key.Value, at);
            entries.Add(new(key.Value, Materialize(value, Child(path, key.Value), at, depth + 1)));
        }

        foreach (var (keyNode, at, value) in mapping.Entries)
        {
            if (keyNode is RawScalar { Value: MergeKey, IsText: false }) Merge(value, at, path, depth, seen, entries);
        }

        return entries;
    }

    private void Merge(RawNode value, Mark at, string path, int depth, Dictionary<string, Mark> seen, List<KeyValuePair<string, ConfigNode>> entries)
    {
        switch (value)
        {
            case RawMapping source:
                if (depth > MaxDepth) throw Stop(at, $"nested deeper than {MaxDepth} levels");
                foreach (var (key, node) in Entries(source, path, depth + 1))
                {
                    if (seen.TryAdd(key, at)) entries.Add(new(key, node));
                }

                break;
            case RawSequence sources when sources.Items.TrueForAll(item => item is RawMapping):
                foreach (var source in sources.Items) Merge(source, at, path, depth, seen, entries);
                break;
            default:
                Error(at, Child(path, MergeKey), "<< takes a mapping or a list of mappings, usually an alias such as *defaults");
                break;
        }
    }

    private ConfigurationException Stop(Mark at, string message) => new([.. _errors, new ConfigurationError(_file, (int)at.Line, "", message)]);

    private void Error(Mark at, string path, string message)
    {
        var error = new ConfigurationError(_file, (int)at.Line, path, message);
        if (!_errors.Contains(error)) _errors.Add(error);
    }

    private abstract record RawNode(Mark Start);

    private sealed record RawScalar(Mark Start, string Value, bool IsText) : RawNode(Start);

    private sealed record RawSequence(Mark Start, List<RawNode> Items) : RawNode(Start);

    private sealed record RawMapping(Mark Start, List<(RawNode Key, Mark At, RawNode Value)> Entries) : RawNode(Start);
}
