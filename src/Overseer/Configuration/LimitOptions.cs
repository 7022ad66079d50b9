namespace Overseer.Configuration;

/// <summary>Bounds, each with a key of the same name below <c>limits</c>.</summary>
public sealed record LimitOptions
{
    /// <summary>The largest message a client may send, in bytes. Default 1 MiB.</summary>
    public int MaxMessageBytes { get; init; } = 1 << 20;

    /// <summary>Bytes of a line above which it is recorded and sent in parts. Default 1 MiB.</summary>
    public int MaxLineBytes { get; init; } = 1 << 20;

    /// <summary>Connections over the network at one time, and as many over UNIX sockets. Default 4,096.</summary>
    public int MaxConnections { get; init; } = 4096;

    /// <summary>Connections of one address at one time. Default 1,024.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 1024;

    /// <summary>HTTP requests that are answered at one time. Default 256.</summary>
    public int MaxHttpRequests { get; init; } = 256;

    /// <summary>The largest head of an HTTP request, in bytes. Default 32 KiB.</summary>
    public int MaxRequestHeadBytes { get; init; } = 32 << 10;

    /// <summary>Requests of one connection in a second; 0 for no bound, the default.</summary>
    public int MaxRequestsPerSecond { get; init; }

    /// <summary>How long a connection may take until its HTTP request has arrived. Default 10 s.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may take nothing of what it is sent. Default 10 min; zero for ever.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Refusals of one peer that the audit log has in full, a minute; the others are counted. Default 30.</summary>
    public int MaxAuditedRefusals { get; init; } = 30;

    /// <summary>Subscriptions of one connection. Default 10,000.</summary>
    public int MaxSubscriptions { get; init; } = 10_000;

    /// <summary>Starts of one connection that may be under way. Default 1,024.</summary>
    public int MaxPendingStarts { get; init; } = 1024;

    /// <summary>Bytes of answers and broadcasts that may wait for one connection. Default 16 MiB.</summary>
    public int MaxQueuedBytes { get; init; } = 16 << 20;

    /// <summary>Bytes of input that may wait until a task reads them. Default 1 MiB.</summary>
    public int MaxInputBytes { get; init; } = 1 << 20;

    /// <summary>Known tasks, running and ended. Default 10,000.</summary>
    public int MaxTasks { get; init; } = 10_000;

    /// <summary>Known adopted processes, living and dead. Default 100,000.</summary>
    public int MaxAdopted { get; init; } = 100_000;

    /// <summary>Adopted processes that have a descriptor; null for a quarter of what the server may open.</summary>
    public int? MaxAdoptedPidfds { get; init; }

    /// <summary>Bytes of ids, parameters and arguments of all known tasks. Default 256 MiB.</summary>
    public long MaxTaskBytes { get; init; } = 256L << 20;

    /// <summary>Parameters of one start. Default 1,024.</summary>
    public int MaxParameters { get; init; } = 1024;

    /// <summary>Arguments of one command. Default 4,096.</summary>
    public int MaxArguments { get; init; } = 4096;

    /// <summary>Bytes of a command and its arguments together. Default 1 MiB.</summary>
    public int MaxArgumentBytes { get; init; } = 1 << 20;

    /// <summary>Tags, and groups, of one start. Default 64.</summary>
    public int MaxLabels { get; init; } = 64;

    /// <summary>Events of all tasks that are kept for those who follow their lifecycle. Default 1,000.</summary>
    public int MaxLifecycleEvents { get; init; } = 1000;

    /// <summary>Bytes of finished frames kept for the subscribers of one task. Default 16 MiB.</summary>
    public long StreamBufferBytes { get; init; } = 16 << 20;

    /// <summary>Bytes of finished frames kept for the subscribers of all tasks together. Default 256 MiB.</summary>
    public long TotalStreamBufferBytes { get; init; } = 256L << 20;

    /// <summary>Bytes after which a journal begins a new segment. Default 64 MiB.</summary>
    public long SegmentBytes { get; init; } = 64L << 20;

    /// <summary>Bytes of journal kept of one task. Default 1 GiB.</summary>
    public long JournalBytes { get; init; } = 1L << 30;

    /// <summary>Bytes kept of all journals together; null for 10 GiB, or a quarter of the file system if that is less.</summary>
    public long? TotalJournalBytes { get; init; }

    /// <summary>
    /// Bytes after which a journal really begins a new segment: only whole segments are deleted, so at least four must fit into what is kept of a task.
    /// </summary>
    public long UsedSegmentBytes => Math.Min(SegmentBytes, Math.Max(JournalBytes / 4, 64 << 10));

    /// <summary>Silence after which a connection is pinged. Default 30 s.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(30);
}
