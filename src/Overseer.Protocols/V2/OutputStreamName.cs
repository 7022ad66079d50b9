namespace Overseer.Protocols.V2;

/// <summary>Which of its streams a process wrote to.</summary>
public enum OutputStreamName
{
    /// <summary>Standard output.</summary>
    Stdout,

    /// <summary>Standard error.</summary>
    Stderr,
}
