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

    /// <summary>Whether there is one that lives and does not answer: its disk may be stuck, and no other can be started before it has ended.</summary>
    public bool IsStuck { get; init; }

    /// <summary>
    /// When the recorder refuses this server because it has served one with a higher epoch: that epoch; null otherwise. Whoever holds the state directory's lock may say hello again with a higher one.
    /// </summary>
    public long? NewestEpoch { get; init; }

    /// <summary>
    /// Runs that a recorder of another version has handed over before it ended, when none could be put in its place: their ropes are the receiver's. Empty otherwise.
    /// </summary>
    public IReadOnlyList<RunHandover> TakenOver { get; init; } = [];

    /// <summary>Whether the recorder speaks another version.</summary>
    internal bool IsOtherVersion { get; init; }
}
