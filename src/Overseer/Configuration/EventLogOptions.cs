namespace Overseer.Configuration;

/// <summary>The event log (<c>log_file</c>).</summary>
public sealed record EventLogOptions
{
    /// <summary>The file; a relative path is relative to the server's working directory.</summary>
    public required string Path { get; init; }

    /// <summary>Bytes of a file above which the next one is begun (<c>max_bytes</c>); 0 for never. Default 100 MiB.</summary>
    public long MaxBytes { get; init; } = 100L << 20;

    /// <summary>How many full files are kept, as <c>FILE.1</c> (the latest) and so on (<c>keep</c>). Default 5.</summary>
    public int Keep { get; init; } = 5;
}
