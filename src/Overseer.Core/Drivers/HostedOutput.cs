namespace Overseer.Core.Drivers;

/// <summary>The two streams of a hosted run.</summary>
public enum HostedOutput
{
    /// <summary>Standard output.</summary>
    Stdout,

    /// <summary>Standard error.</summary>
    Stderr,
}
