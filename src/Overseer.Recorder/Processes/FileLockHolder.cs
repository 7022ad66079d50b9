using System.Globalization;

namespace Overseer.Recorder.Processes;

/// <summary>Who has locked a file with flock(2), by <c>/proc/locks</c> (proc_locks(5)): taking the lock to find out would keep its owner from it.</summary>
internal static class FileLockHolder
{
    /// <summary>The process; null when nobody has, or it cannot be seen from here (another pid namespace shows 0).</summary>
    internal static int? Of(string path)
    {
        if (FileIdentity.Of(path) is not { } file)
            return null;
        try
        {
            return Find(File.ReadLines("/proc/locks"), file.Inode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Lines such as <c>1: FLOCK  ADVISORY  WRITE 4242 08:01:1234567 0 EOF</c>; one that waits for a lock has an arrow behind the number.</summary>
    internal static int? Find(IEnumerable<string> locks, long inode)
    {
        string suffix = ":" + inode.ToString(CultureInfo.InvariantCulture);
        foreach (string line in locks)
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is [_, "FLOCK", _, "WRITE", var pid, var file, ..] && file.EndsWith(suffix, StringComparison.Ordinal) && int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out int holder) && holder > 0)
                return holder;
        }
        return null;
    }
}
