namespace Overseer.Recorder.Journal;

/// <summary>A file in a journal's directory is not a segment that this version can read. It is left as it is.</summary>
public sealed class JournalFormatException : JournalException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The file.</param>
    /// <param name="message">What is wrong with it.</param>
    public JournalFormatException(string path, string message) : base(path, message)
    {
    }
}
