using Overseer.Core.Configuration;

namespace Overseer.Configuration.Reading;

/// <summary>Reads <c>limits</c>.</summary>
internal static class LimitsReader
{
    private const long KiB = 1L << 10;
    private const long MiB = 1L << 20;
    private const long GiB = 1L << 30;

    public static LimitOptions Read(ConfigSection root)
    {
        var defaults = new LimitOptions();
        if (root.Section("limits") is not { } section) return defaults;
        var limits = new LimitOptions
        {
            MaxMessageBytes = (int)(section.Bytes("max_message_bytes", KiB, 64 * MiB) ?? defaults.MaxMessageBytes),
            MaxLineBytes = (int)(section.Bytes("max_line_bytes", 4, 64 * MiB) ?? defaults.MaxLineBytes),
            MaxConnections = (int)(section.Integer("max_connections", 1, 1_000_000) ?? defaults.MaxConnections),
            MaxAuditedRefusals = (int)(section.Integer("max_audited_refusals", 1, 10_000) ?? defaults.MaxAuditedRefusals),
            MaxConnectionsPerAddress = (int)(section.Integer("max_connections_per_address", 1, 1_000_000) ?? defaults.MaxConnectionsPerAddress),
            MaxHttpRequests = (int)(section.Integer("max_http_requests", 1, 1_000_000) ?? defaults.MaxHttpRequests),
            MaxRequestHeadBytes = (int)(section.Bytes("max_request_head_bytes", KiB, MiB) ?? defaults.MaxRequestHeadBytes),
            MaxRequestsPerSecond = (int)(section.Integer("max_requests_per_second", 0, 1_000_000) ?? defaults.MaxRequestsPerSecond),
            HandshakeTimeout = HubReader.Interval(section, "handshake_timeout") ?? defaults.HandshakeTimeout,
            StallTimeout = HubReader.Interval(section, "stall_timeout", orNever: true) ?? defaults.StallTimeout,
            MaxSubscriptions = (int)(section.Integer("max_subscriptions", 1, 1_000_000) ?? defaults.MaxSubscriptions),
            MaxPendingStarts = (int)(section.Integer("max_pending_starts", 1, 1_000_000) ?? defaults.MaxPendingStarts),
            MaxQueuedBytes = (int)(section.Bytes("max_queued_bytes", 64 * KiB, GiB) ?? defaults.MaxQueuedBytes),
            MaxInputBytes = (int)(section.Bytes("max_input_bytes", KiB, GiB) ?? defaults.MaxInputBytes),
            MaxTasks = (int)(section.Integer("max_tasks", 1, 10_000_000) ?? defaults.MaxTasks),
            MaxAdopted = (int)(section.Integer("max_adopted", 1, 10_000_000) ?? defaults.MaxAdopted),
            MaxAdoptedPidfds = (int?)section.Integer("max_adopted_pidfds", 0, 1_000_000),
            MaxTaskBytes = section.Bytes("max_task_bytes", MiB, 1024 * GiB) ?? defaults.MaxTaskBytes,
            MaxParameters = (int)(section.Integer("max_parameters", 1, 1_000_000) ?? defaults.MaxParameters),
            MaxArguments = (int)(section.Integer("max_arguments", 0, 1_000_000) ?? defaults.MaxArguments),
            MaxArgumentBytes = (int)(section.Bytes("max_argument_bytes", KiB, 6 * MiB) ?? defaults.MaxArgumentBytes),
            MaxLabels = (int)(section.Integer("max_labels", 1, 100_000) ?? defaults.MaxLabels),
            MaxLifecycleEvents = (int)(section.Integer("max_lifecycle_events", 1, 1_000_000) ?? defaults.MaxLifecycleEvents),
            StreamBufferBytes = section.Bytes("stream_buffer_bytes", 64 * KiB, GiB) ?? defaults.StreamBufferBytes,
            TotalStreamBufferBytes = section.Bytes("total_stream_buffer_bytes", MiB, 64 * GiB) ?? defaults.TotalStreamBufferBytes,
            SegmentBytes = section.Bytes("segment_bytes", 64 * KiB, GiB) ?? defaults.SegmentBytes,
            JournalBytes = section.Bytes("journal_bytes", MiB, long.MaxValue) ?? defaults.JournalBytes,
            TotalJournalBytes = section.Bytes("total_journal_bytes", MiB, long.MaxValue),
            PingInterval = HubReader.Interval(section, "ping_interval") ?? defaults.PingInterval,
        };
        section.End();
        return limits;
    }
}
