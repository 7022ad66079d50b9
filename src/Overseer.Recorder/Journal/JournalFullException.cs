namespace Overseer.Recorder.Journal;

/// <summary>The file cannot grow: disk full, quota used up or file size limit reached. The journal is as it was and can be written again later.</summary>
public sealed class JournalFullException : JournalException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The segment.</param>
    /// <param name="errno">ENOSPC, EDQUOT or EFBIG.</param>
    public JournalFullException(string path, int errno) : base(path, $"no room to write {path} (errno {errno})") => Errno = errno;

    /// <summary>ENOSPC, EDQUOT or EFBIG.</summary>
    public int Errno { get; }
}
