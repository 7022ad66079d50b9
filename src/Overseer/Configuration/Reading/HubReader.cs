using Overseer.Core.Configuration;

namespace Overseer.Configuration.Reading;

/// <summary>Reads <c>hub</c>: a mapping, true for all defaults, or false for no hub. Where nothing is said it is served with all defaults: to this machine alone.</summary>
internal static class HubReader
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);

    public static HubOptions? Read(ConfigSection root, bool isAlone = false)
    {
        var defaults = new HubOptions { Alone = isAlone };
        if (root.Node("hub") is ConfigScalar) return root.Flag("hub") is false ? null : defaults;
        if (root.Section("hub") is not { } section) return defaults;
        var options = defaults with
        {
            Token = section.Text("token") is { Length: > 0 } token ? new SecretText(token) : null,
            HeartbeatInterval = Interval(section, "heartbeat_interval") ?? defaults.HeartbeatInterval,
            SessionTimeout = Interval(section, "session_timeout") ?? defaults.SessionTimeout,
            MaxSessions = (int)(section.Integer("max_sessions", 1, 1_000_000) ?? defaults.MaxSessions),
            MaxMessageBytes = (int)(section.Bytes("max_message_bytes", 1024, HubOptions.MostMessageBytes) ?? defaults.MaxMessageBytes),
        };
        section.End();
        return options;
    }

    /// <summary>A duration that a timer can be made of; with <paramref name="orNever"/> also 0.</summary>
    public static TimeSpan? Interval(ConfigSection section, string key, bool orNever = false)
    {
        if (section.Duration(key) is not { } interval) return null;
        if (orNever && interval == TimeSpan.Zero) return interval;
        if (interval >= ShortestInterval && interval.TotalDays <= 30) return interval;
        section.Error(key, orNever ? "must be 0 (never), or from 100ms to 720h" : "must be from 100ms to 720h");
        return null;
    }
}
