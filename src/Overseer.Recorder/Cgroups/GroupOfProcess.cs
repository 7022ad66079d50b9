namespace Overseer.Recorder.Cgroups;

/// <summary>The group of a process in the unified hierarchy: the line <c>0::/path</c> of /proc/PID/cgroup.</summary>
internal static class GroupOfProcess
{
    /// <summary>Null when the process is gone or is in none.</summary>
    internal static string? Of(int pid)
    {
        try
        {
            return Find(File.ReadLines($"/proc/{pid}/cgroup"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    internal static string? Find(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            if (line.StartsWith("0::", StringComparison.Ordinal))
                return line[3..];
        }
        return null;
    }
}
