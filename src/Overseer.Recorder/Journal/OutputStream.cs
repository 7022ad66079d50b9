namespace Overseer.Recorder.Journal;

/// <summary>Which of a process's streams bytes came from.</summary>
public enum OutputStream : byte
{
    /// <summary>Not output.</summary>
    None = 0,

    /// <summary>File descriptor 1.</summary>
    Stdout = 1,

    /// <summary>File descriptor 2.</summary>
    Stderr = 2,
}
