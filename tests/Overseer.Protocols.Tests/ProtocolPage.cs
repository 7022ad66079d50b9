using System.Text;
using Overseer.Protocols.Classic;
using Overseer.Protocols.Schema;
using Overseer.Protocols.V2;

namespace Overseer.Protocols.Tests;

/// <summary>What docs/protocol.md must show where it says <c>&lt;!-- fields: X --&gt;</c> or <c>&lt;!-- golden: X --&gt;</c>.</summary>
internal static class ProtocolPage
{
    private const string Marker = "<!-- ";

    public static string Path { get; } = System.IO.Path.Combine(GoldenFiles.Root, "docs", "protocol.md");

    /// <summary>All messages and named objects by name, answers that are named like their request with <c>_response</c>.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<Field>> Definitions { get; } = FindDefinitions();

    public static IEnumerable<string> Markers(string page, string kind)
        => page.Split('\n').Where(l => l.StartsWith(Marker + kind + ": ", StringComparison.Ordinal)).Select(l => l[(Marker.Length + kind.Length + 2)..^" -->".Length]);

    /// <summary>The page with everything under its markers made anew.</summary>
    public static string Render(string page)
    {
        var rendered = new StringBuilder();
        bool skipping = false;
        foreach (string line in page.TrimEnd('\n').Split('\n'))
        {
            if (skipping && IsGenerated(line))
                continue;
            skipping = line.StartsWith(Marker, StringComparison.Ordinal);
            rendered.Append(line).Append('\n');
            if (skipping)
                rendered.Append('\n').Append(Block(line[Marker.Length..^" -->".Length]));
        }
        return rendered.ToString();

        bool IsGenerated(string line) => line.Length == 0 || line[0] is '|' or '{' || line.StartsWith("```", StringComparison.Ordinal);
    }

    private static string Block(string marker)
    {
        string name = marker[(marker.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        return (marker.StartsWith("golden", StringComparison.Ordinal) ? Example(name) : Table(Definitions[name])) + "\n";
    }

    private static string Example(string name) => "```json\n" + string.Concat(GoldenFiles.Lines(name).Select(l => l + "\n")) + "```\n";

    private static string Table(IReadOnlyList<Field> fields)
    {
        var table = new StringBuilder("| field | type | required | |\n|---|---|---|---|\n");
        foreach (var field in fields)
            table.Append($"| `{field.Name}` | {Describe(field.Type)} | {(field.Required ? "yes" : "")} | {field.Description} |\n");
        return table.ToString();
    }

    private static string Describe(WireType type)
    {
        if (type.Words.Count > 0)
            return string.Join(" ", type.Words.Select(w => $"`{w}`"));
        if (type.Fields.Count > 0)
            return $"[{type.Name}](#{type.Name.ToLowerInvariant()})";
        return type.Item is { } item ? $"{type.Name} of {Describe(item)}" : type.Name;
    }

    private static Dictionary<string, IReadOnlyList<Field>> FindDefinitions()
    {
        var found = ProtocolCatalog.All.ToDictionary(ProtocolCatalog.KeyOf, m => m.Fields);
        found.Add(WorkersMessage.Schema.Name, WorkersMessage.Schema.Fields);
        found.Add(WorkerInfo.Schema.Name, WorkerInfo.Schema.Fields);
        foreach (var (name, type) in NamedTypes.All.Where(t => t.Value.Fields.Count > 0))
            found.Add(name, type.Fields);
        return found;
    }
}
