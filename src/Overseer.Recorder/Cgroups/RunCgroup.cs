using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Processes;

namespace Overseer.Recorder.Cgroups;

/// <summary>
/// The group of one run. A process is born into the group of its parent and leaves it only if somebody with rights over groups moves it, so the group knows
/// who belongs to the run even when session, parent and environment say nothing any more. Holds nothing but the path; thread-safe.
/// </summary>
internal sealed class RunCgroup(string path, Guid runId)
{
    private const int MaxDepth = 16;
    private const short PollPriority = 2; // POLLPRI

    /// <summary>Its directory.</summary>
    internal string Path { get; } = path;

    /// <summary>Its run.</summary>
    internal Guid RunId { get; } = runId;

    /// <summary>Whether the group is there.</summary>
    internal bool Exists => Directory.Exists(Path);

    /// <summary>Whether nobody is in the group or in one below it; also true when it is gone. Zombies do not count.</summary>
    internal bool IsEmpty => IsUnpopulated(CgroupFile.Read(Path, "cgroup.events"));

    /// <summary>
    /// SIGKILL to everybody in the group and below it, also to those that are being forked at that moment: cgroup.kill, see the kernel's cgroup-v2 guide.
    /// </summary>
    /// <returns>0 (also when the group is gone), or the errno.</returns>
    internal int Kill()
    {
        int errno = CgroupFile.Write(Path, "cgroup.kill", "1");
        return errno is Errno.ENOENT or Errno.ENODEV ? 0 : errno;
    }

    /// <summary>Waits until the group is empty; the kernel says so by POLLPRI on cgroup.events.</summary>
    /// <returns>Whether it is.</returns>
    internal unsafe bool WaitUntilEmpty(TimeSpan patience)
    {
        using SafeFileHandle events = Libc.Open($"{Path}/cgroup.events", Libc.OpenFlags.ReadOnly | Libc.OpenFlags.CloseOnExec, 0);
        if (events.IsInvalid)
            return true;
        long begin = Stopwatch.GetTimestamp();
        while (true)
        {
            // Reading takes note of what was announced, so a change after it is not missed.
            if (IsUnpopulated(CgroupFile.Read(events)))
                return true;
            TimeSpan left = patience - Stopwatch.GetElapsedTime(begin);
            if (left <= TimeSpan.Zero)
                return false;
            var poll = new PollEntry { Descriptor = (int)events.DangerousGetHandle(), Events = PollPriority };
            _ = Libc.Poll(&poll, 1, (int)Math.Min(Math.Ceiling(left.TotalMilliseconds), int.MaxValue));
        }
    }

    /// <summary>Who is in the group or in one below it, and has not exited.</summary>
    internal IReadOnlyList<ProcessIdentity> Processes()
    {
        // A number that is listed before and after its start time was read names a process of the group, or one that is gone by now: never a stranger.
        var found = new List<ProcessIdentity>();
        foreach (int pid in Pids())
        {
            if (ProcessStat.TryRead(pid, out ProcessStat stat) && stat.State is not ('Z' or 'X'))
                found.Add(stat.Identity);
        }
        if (found.Count == 0)
            return found;
        HashSet<int> still = [.. Pids()];
        found.RemoveAll(process => !still.Contains(process.Pid));
        return found;
    }

    /// <summary>Removes the group and those below it, the deepest first.</summary>
    /// <returns>Whether it is gone; false while somebody is in it.</returns>
    internal bool TryRemove() => TryRemove(Path, 0);

    private static bool TryRemove(string directory, int depth)
    {
        if (Libc.RemoveDirectory(directory) == 0)
            return true;
        int errno = Marshal.GetLastPInvokeError();
        if (errno == Errno.ENOENT)
            return true;
        // EBUSY: processes, or groups that the task made. No look into it while anybody is there.
        if (depth == MaxDepth || !IsUnpopulated(CgroupFile.Read(directory, "cgroup.events")))
            return false;
        foreach (string below in Below(directory))
        {
            if (!TryRemove(below, depth + 1))
                return false;
        }
        return Libc.RemoveDirectory(directory) == 0 || Marshal.GetLastPInvokeError() == Errno.ENOENT;
    }

    private static bool IsUnpopulated(string? events) => events is null || events.Contains("populated 0", StringComparison.Ordinal);

    private List<int> Pids()
    {
        var pids = new List<int>();
        AddPids(Path, pids, 0);
        return pids;
    }

    private static void AddPids(string directory, List<int> pids, int depth)
    {
        // A group of threads (cgroup.type "threaded") lists its processes only in the group above it.
        foreach (string line in (CgroupFile.Read(directory, "cgroup.procs") ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // 0: a process of a pid namespace that is not to be seen from here.
            if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pid > 1)
                pids.Add(pid);
        }
        if (depth == MaxDepth)
            return;
        foreach (string below in Below(directory))
            AddPids(below, pids, depth + 1);
    }

    private static string[] Below(string directory)
    {
        try
        {
            return Directory.GetDirectories(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
