namespace Overseer.Recorder.Journal;

/// <summary>Another writer has the journal open. Nothing was changed; readers are not affected.</summary>
public sealed class JournalLockedException : JournalException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The locked segment.</param>
    public JournalLockedException(string path) : base(path, $"{path} is being written by another process: only one writer at a time may have a journal")
    {
    }
}
