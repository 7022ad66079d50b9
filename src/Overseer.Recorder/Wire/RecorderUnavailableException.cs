namespace Overseer.Recorder.Wire;

/// <summary>There is no recorder to talk to, or it refuses this server. Runs that a recorder holds are not affected.</summary>
public sealed class RecorderUnavailableException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened and, where something can be done, what to do.</param>
    /// <param name="isAbsent">Whether nobody listens at all, so that one may be launched.</param>
    public RecorderUnavailableException(string message, bool isAbsent = false)
        : base(message) => IsAbsent = isAbsent;

    /// <summary>Whether nobody listens at all.</summary>
    public bool IsAbsent { get; }
}
