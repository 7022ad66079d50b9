using Overseer.Core.Configuration;

namespace Overseer.Configuration.Reading;

/// <summary>Reads <c>goproc</c>: a mapping, or true for all defaults.</summary>
internal static class GoprocReader
{
    public static GoprocOptions? Read(ConfigSection root)
    {
        if (root.Node("goproc") is ConfigScalar) return root.Flag("goproc") is true ? new GoprocOptions() : null;
        if (root.Section("goproc") is not { } section) return null;
        var defaults = new GoprocOptions();
        var options = new GoprocOptions
        {
            Socket = section.Text("socket"),
            LivenessInterval = HubReader.Interval(section, "liveness_interval") ?? defaults.LivenessInterval,
            LastSeenInterval = HubReader.Interval(section, "last_seen_interval") ?? defaults.LastSeenInterval,
        };
        section.End();
        return options;
    }
}
