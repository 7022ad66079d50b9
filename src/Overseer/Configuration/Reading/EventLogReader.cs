using Overseer.Core.Configuration;

namespace Overseer.Configuration.Reading;

/// <summary>Reads <c>log_file</c>: a path, or a mapping.</summary>
internal static class EventLogReader
{
    private const string Key = "log_file";
    private const long LeastBytes = 1L << 20;
    private const int MostFiles = 1000;

    public static EventLogOptions? Read(ConfigSection root)
    {
        if (root.Node(Key) is ConfigMapping)
        {
            var section = root.Section(Key)!;
            var options = Inside(section);
            section.End();
            return options;
        }

        return root.Text(Key) is { Length: > 0 } path ? Checked(root, Key, new EventLogOptions { Path = path }) : null;
    }

    private static EventLogOptions? Inside(ConfigSection section)
    {
        var defaults = new EventLogOptions { Path = "" };
        var path = section.RequiredText("path");
        var bytes = MaxBytes(section) ?? defaults.MaxBytes;
        var keep = (int)(section.Integer("keep", 0, MostFiles) ?? defaults.Keep);
        return path is null ? null : Checked(section, "path", new EventLogOptions { Path = path, MaxBytes = bytes, Keep = keep });
    }

    private static EventLogOptions? Checked(ConfigSection section, string key, EventLogOptions options)
    {
        if (!options.Path.EndsWith('/') && !options.Path.Contains('\0')) return options;
        section.Error(key, $"\"{options.Path.Replace("\0", "\\0", StringComparison.Ordinal)}\" is no path of a file");
        return null;
    }

    private static long? MaxBytes(ConfigSection section)
    {
        if (section.Node("max_bytes") is ConfigScalar { Value: "0" })
        {
            return 0;
        }

        return section.Bytes("max_bytes", LeastBytes, 1L << 40);
    }
}
