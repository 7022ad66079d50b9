using Overseer.Core.Configuration;
using Overseer.Core.Expressions;

namespace Overseer.Drivers.Exec;

/// <summary>Reads the texts of an exec configuration that may hold <c>[[ ]]</c>.</summary>
internal static class ExecTemplates
{
    /// <summary>One text; <see langword="null"/> when it is not there, or wrong and reported.</summary>
    public static TextTemplate? One(ConfigSection section, string key) =>
        section.Text(key) is { } text ? Parse(section, section.Node(key)!, text) : null;

    /// <summary>One text that must be there; an empty template when it is not, which is reported.</summary>
    public static TextTemplate Required(ConfigSection section, string key)
    {
        var text = section.RequiredText(key);
        return (text is null ? null : Parse(section, section.Node(key)!, text)) ?? TextTemplate.Parse("");
    }

    /// <summary>A list of texts; each stays one argument.</summary>
    public static IReadOnlyList<TextTemplate> List(ConfigSection section, string key)
    {
        switch (section.Node(key))
        {
            case null: return [];
            case ConfigSequence list: return [.. list.Items.Select(item => Item(section, item)).OfType<TextTemplate>()];
            case var other:
                section.Fail(other, $"must be a list, one item per argument, not {other.Kind}");
                return [];
        }
    }

    /// <summary>Environment variables by name.</summary>
    public static IReadOnlyList<KeyValuePair<string, TextTemplate>> Variables(ConfigSection section, string key)
    {
        var variables = new List<KeyValuePair<string, TextTemplate>>();
        if (section.Section(key) is not { } mapping) return variables;
        foreach (var (name, node) in mapping.Entries)
        {
            mapping.Ignore(name);
            if (name.Length == 0 || name.AsSpan().ContainsAny('=', '\0')) mapping.Fail(node, "is no name of an environment variable: it must not be empty or hold \"=\"");
            else if (Item(mapping, node, "") is { } value) variables.Add(new(name, value));
        }

        mapping.End();
        return variables;
    }

    private static TextTemplate? Item(ConfigSection section, ConfigNode node, string? empty = null)
    {
        if (node is ConfigScalar scalar && (scalar.Value ?? empty) is { } text) return Parse(section, node, text);
        section.Fail(node, $"must be text, not {node.Kind}");
        return null;
    }

    private static TextTemplate? Parse(ConfigSection section, ConfigNode node, string text)
    {
        try
        {
            return TextTemplate.Parse(text);
        }
        catch (TemplateException e)
        {
            section.Fail(node, e.Message);
            return null;
        }
    }
}
