using Overseer.Core.Configuration;
using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.Core.Time;

namespace Overseer.Configuration.Reading;

/// <summary>Reads <c>actions</c>; what is below <c>config</c> is left to the drivers.</summary>
internal static class ActionReader
{
    private const int MaxNameLength = 256;

    public static IReadOnlyList<ConfiguredAction> ReadAll(ConfigSection root, StopPolicy stop)
    {
        var actions = new List<ConfiguredAction>();
        if (root.Section("actions") is not { } section) return actions;
        foreach (var (name, node) in section.Entries)
        {
            section.Ignore(name);
            if (name.Length is 0 or > MaxNameLength || name.Any(char.IsControl) || name.Trim() != name)
                section.Fail(node, $"an action's name has 1 to {MaxNameLength} characters, no blanks at its ends and no control characters");
            if (name == ActionCatalog.AdoptName) section.Fail(node, $"\"{name}\" is what adopted processes show as their action; an action needs another name");
            if (name == ActionCatalog.CommandName) section.Fail(node, $"\"{name}\" is what tasks show as their action that were started from a command; an action needs another name");
            if (node is not ConfigMapping) section.Fail(node, $"must be a mapping with at least type, not {node.Kind}");
            else if (Read(section.Open(node), name, stop) is { } action) actions.Add(action);
        }

        section.End();
        return actions;
    }

    private static ConfiguredAction? Read(ConfigSection section, string name, StopPolicy globalStop)
    {
        var type = section.RequiredText("type");
        var typeNode = section.Node("type") ?? section.Source;
        string? description = null;
        if (section.Section("meta") is { } meta)
        {
            description = meta.Text("description");
            meta.End();
        }

        var stop = StopReader.Read(section, globalStop);
        var config = section.Node("config");
        if (config is not (null or ConfigMapping)) section.Fail(config, $"must be a mapping, not {config.Kind}");
        var pool = PoolReader.Read(section);
        var definition = new ActionDefinition
        {
            Name = name,
            Type = type ?? "",
            Description = description,
            Config = config,
            Warnings = section.Warnings,
            Stop = stop,
            Tags = Labels(section, "tags"),
            Groups = Labels(section, "groups"),
            DedupeKey = Labels(section, "dedupe_key"),
            Retry = RetryReader.Read(section),
        };
        section.End();
        return type is null ? null : new ConfiguredAction(definition, pool, LongestGrace(stop, config), typeNode);
    }

    private static string[] Labels(ConfigSection section, string key)
    {
        if (section.TextList(key) is not { } texts) return [];
        if (texts.Any(string.IsNullOrWhiteSpace)) section.Error(key, "must not contain an empty text");
        if (texts.Distinct(StringComparer.Ordinal).Count() != texts.Count) section.Error(key, "must not contain a text twice");
        return [.. texts];
    }

    /// <summary>Drivers may have a <c>stop</c> of their own; the server must wait that long too when it ends.</summary>
    private static TimeSpan LongestGrace(StopPolicy stop, ConfigNode? config)
    {
        var own = ((config as ConfigMapping)?.TryGet("stop") as ConfigMapping)?.TryGet("grace") as ConfigScalar;
        return own?.Value is { } text && GoDuration.TryParse(text, out var grace) && grace > stop.Grace ? grace : stop.Grace;
    }
}
