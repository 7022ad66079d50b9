using System.ComponentModel;

namespace Overseer.Recorder.Journal;

/// <summary>A journal cannot be read or written; the message names the file.</summary>
public class JournalException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">File or directory that is concerned.</param>
    /// <param name="message">Full sentence that names it.</param>
    public JournalException(string path, string message) : base(message) => Path = path;

    /// <summary>File or directory that is concerned.</summary>
    public string Path { get; }

    internal static JournalException FromErrno(string action, string path, int errno) =>
        new(path, $"cannot {action} {path}: {new Win32Exception(errno).Message} (errno {errno})");
}
