using System.Globalization;
using Overseer.Configuration;

namespace Overseer.Hosting.Reloading;

/// <summary>
/// Every setting beside actions and pools, and whether a reload applies it. Those that cannot be applied belong to something that is made at the start and on which others stand: the
/// addresses, the store, the recorder, the layout of journals and frames.
/// </summary>
internal static class Settings
{
    /// <summary>All of them, in the order of docs/configuration.md.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Fixed("name", c => c.Name),
        Fixed("listen", c => string.Join(", ", c.Listen)),
        Fixed("db", c => c.Database),
        Fixed("durability", c => c.Durability),
        Fixed("log_file", c => c.EventLog is null ? "none" : "a file"),
        Live("log_file.path", c => c.EventLog?.Path) with { IsThere = HasLog },
        Live("log_file.max_bytes", c => c.EventLog?.MaxBytes) with { IsThere = HasLog },
        Live("log_file.keep", c => c.EventLog?.Keep) with { IsThere = HasLog },
        Hidden("trusted_cidrs", c => string.Join(' ', c.TrustedCidrs)),
        Hidden("allowed_origins", c => string.Join(' ', c.AllowedOrigins)),
        Hidden("allowed_hosts", c => string.Join(' ', c.AllowedHosts)),
        Hidden("tokens", c => string.Join(';', c.Tokens.Select(token => $"{token.Name} {token.Hash.ToHex()} {token.Grant}"))),
        Hidden("trusted_proxies", c => $"{string.Join(' ', c.TrustedProxies.Addresses)} {c.TrustedProxies.UnixSockets}"),
        Fixed("audit_file", c => c.AuditFile),
        new("tls", IsLive: false, c => $"{c.Tls?.Certificate} {c.Tls?.Key}", IsShown: false),
        Hidden("retry", c => $"{c.Retry}"),
        Hidden("stop", c => $"{c.Stop}"),
        Live("protocol", c => c.Protocol),
        Live("commands", c => c.Commands),
        Live("command", c => c.PinnedCommand),
        Hidden("hub", c => c.Hub is null ? "" : $"{c.Hub.Token?.Reveal()} {c.Hub with { Token = null }}"),
        new("goproc", IsLive: false, c => $"{c.Goproc}", IsShown: false),
        Fixed("on_full", c => c.OnFull),
        Live("shutdown.tasks", c => c.Shutdown.KeepTasks ? "keep" : "stop"),
        Live("shutdown.grace", c => c.Shutdown.Grace),
        Fixed("recorder", c => c.Recorder),
        Fixed("cgroups", c => c.Cgroups),
        Live("limits.max_message_bytes", c => c.Limits.MaxMessageBytes),
        Fixed("limits.max_line_bytes", c => c.Limits.MaxLineBytes),
        Live("limits.max_connections", c => c.Limits.MaxConnections),
        Live("limits.max_connections_per_address", c => c.Limits.MaxConnectionsPerAddress),
        Fixed("limits.max_http_requests", c => c.Limits.MaxHttpRequests),
        Fixed("limits.max_request_head_bytes", c => c.Limits.MaxRequestHeadBytes),
        Live("limits.max_requests_per_second", c => c.Limits.MaxRequestsPerSecond),
        Fixed("limits.handshake_timeout", c => c.Limits.HandshakeTimeout),
        Live("limits.stall_timeout", c => c.Limits.StallTimeout),
        Fixed("limits.max_audited_refusals", c => c.Limits.MaxAuditedRefusals),
        Live("limits.max_subscriptions", c => c.Limits.MaxSubscriptions),
        Live("limits.max_pending_starts", c => c.Limits.MaxPendingStarts),
        Live("limits.max_queued_bytes", c => c.Limits.MaxQueuedBytes),
        Live("limits.max_input_bytes", c => c.Limits.MaxInputBytes),
        Live("limits.max_tasks", c => c.Limits.MaxTasks),
        Live("limits.max_task_bytes", c => c.Limits.MaxTaskBytes),
        Live("limits.max_adopted", c => c.Limits.MaxAdopted),
        Fixed("limits.max_adopted_pidfds", c => c.Limits.MaxAdoptedPidfds),
        Live("limits.max_arguments", c => c.Limits.MaxArguments),
        Live("limits.max_argument_bytes", c => c.Limits.MaxArgumentBytes),
        Live("limits.max_parameters", c => c.Limits.MaxParameters),
        Live("limits.max_labels", c => c.Limits.MaxLabels),
        Live("limits.max_lifecycle_events", c => c.Limits.MaxLifecycleEvents),
        Fixed("limits.stream_buffer_bytes", c => c.Limits.StreamBufferBytes),
        Fixed("limits.total_stream_buffer_bytes", c => c.Limits.TotalStreamBufferBytes),
        Fixed("limits.segment_bytes", c => c.Limits.SegmentBytes),
        Live("limits.journal_bytes", c => c.Limits.JournalBytes),
        Live("limits.total_journal_bytes", c => c.Limits.TotalJournalBytes),
        Live("limits.ping_interval", c => c.Limits.PingInterval),
    ];

    private static bool HasLog(OverseerConfiguration configuration) => configuration.EventLog is not null;

    private static Setting Live(string key, Func<OverseerConfiguration, object?> value) => new(key, IsLive: true, c => TextOf(value(c)));

    private static Setting Hidden(string key, Func<OverseerConfiguration, string> value) => new(key, IsLive: true, value, IsShown: false);

    private static Setting Fixed(string key, Func<OverseerConfiguration, object?> value) => new(key, IsLive: false, c => TextOf(value(c)));

    private static string TextOf(object? value) => value switch
    {
        null => "default",
        Enum word => word.ToString().ToLowerInvariant(),
        TimeSpan time => Overseer.Core.Time.GoDuration.Format(time),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
