using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Spawning;

namespace Overseer.Recorder.Cgroups;

/// <summary>
/// The place of the groups of all runs: <c>overseer-HASH</c>, by the state directory, below the group of the recorder, which starts the programs. With systemd
/// that is the recorder's own unit, so that restarting the server's unit touches no task. Groups are made by the server, before the request that names them.
/// Thread-safe.
/// </summary>
internal sealed class RunCgroups
{
    private const uint OwnerMayAll = 0x1ED; // 0755
    private static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<string> _earlier;

    private RunCgroups(string place, IReadOnlyList<string> earlier, IReadOnlyList<string> controllers)
    {
        Place = place;
        _earlier = earlier;
        Controllers = controllers;
    }

    /// <summary>The directory that new groups are made in.</summary>
    internal string Place { get; }

    /// <summary>Controllers that groups of runs have: of <c>pids</c>, <c>memory</c>, <c>cpu</c> those that could be enabled.</summary>
    internal IReadOnlyList<string> Controllers { get; }

    /// <summary>Makes the place and tries what is needed of it: making groups, moving processes into them, killing them whole.</summary>
    /// <param name="stateDirectory">Names the place.</param>
    /// <param name="recorderPid">Whose group it lies below; 0 for this process.</param>
    /// <param name="memory">
    /// A file that keeps where the place was: runs that outlived server and recorder are in a place below the group of the recorder of that time.
    /// </param>
    /// <param name="why">Why groups cannot be used; empty when they can.</param>
    /// <returns>Null when they cannot.</returns>
    internal static RunCgroups? TryOpen(string stateDirectory, int recorderPid, string memory, out string why)
    {
        try
        {
            return Open(stateDirectory, recorderPid > 0 ? recorderPid : Environment.ProcessId, memory, out why);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            why = e.Message;
            return null;
        }
    }

    /// <summary>Makes the group of a run; one that is there already is used.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="limits">Its limits.</param>
    /// <param name="rest">What of the limits the group does not keep.</param>
    /// <returns>Null when the kernel refuses it; <paramref name="errno"/> says why.</returns>
    internal RunCgroup? Create(Guid runId, SpawnLimits? limits, out SpawnLimits? rest, out int errno)
    {
        rest = limits;
        errno = 0;
        string path = PathOf(Place, runId);
        if (Libc.Mkdir(path, OwnerMayAll) != 0)
        {
            errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.EEXIST)
                return null;
            errno = 0;
        }
        if (limits is not null)
            rest = CgroupControllers.Apply(path, Controllers, limits);
        return new RunCgroup(path, runId);
    }

    /// <summary>The group of a run, wherever it was made; null when it has none (any more).</summary>
    internal RunCgroup? Find(Guid runId)
    {
        foreach (string place in (IEnumerable<string>)[Place, .. _earlier])
        {
            var group = new RunCgroup(PathOf(place, runId), runId);
            if (group.Exists)
                return group;
        }
        return null;
    }

    /// <summary>
    /// Clears away what earlier servers left: empty groups are removed; whoever is in the group of an unknown run is killed. Takes up to 2 s when somebody cannot be killed.
    /// </summary>
    internal LeftoverGroups RemoveLeftovers(Func<Guid, RunStanding> standing)
    {
        int removed = 0;
        var kept = new List<RunCgroup>();
        var killed = new List<(RunCgroup Group, IReadOnlyList<int> Pids)>();
        foreach (RunCgroup group in All())
        {
            var known = standing(group.RunId);
            if (known == RunStanding.Live)
                continue;
            if (group.TryRemove())
            {
                removed++;
            }
            else if (known == RunStanding.Ended)
            {
                kept.Add(group);
            }
            else
            {
                killed.Add((group, [.. group.Processes().Select(process => process.Pid)]));
                _ = group.Kill();
            }
        }
        var remaining = new List<int>();
        foreach (var (group, _) in killed)
        {
            if (!group.WaitUntilEmpty(KillPatience) || !group.TryRemove())
                remaining.AddRange(group.Processes().Select(process => process.Pid));
        }
        RemoveEmptyPlaces(_earlier);
        return new LeftoverGroups(removed, kept, killed, remaining);
    }

    /// <summary>Removes the place, if no run has a group in it: at the end of a server that leaves nothing running.</summary>
    internal void RemovePlace() => RemoveEmptyPlaces([Place, .. _earlier]);

    private static RunCgroups? Open(string stateDirectory, int recorderPid, string memory, out string why)
    {
        if (CgroupMount.Find() is not { } mount)
            return Unavailable("cgroup v2 is not mounted here", out why);
        if (GroupOfProcess.Of(recorderPid) is not { } own || mount.DirectoryOf(own) is not { } above)
            return Unavailable($"the cgroup of process {recorderPid} is not to be seen below {mount.Path}", out why);
        int errno = CgroupFile.CanWrite(above, "cgroup.procs");
        if (errno != 0)
            return Unavailable($"processes cannot be moved out of the cgroup {above}: {Errno.Describe(errno)}", out why);

        bool leaf = above != mount.Path && Path.GetDirectoryName(above) is { } parent && CgroupControllers.IsDelegated(parent);
        if (leaf)
            above = Path.GetDirectoryName(above)!;
        string place = $"{above}/{NameOf(stateDirectory)}";
        if (Libc.Mkdir(place, OwnerMayAll) != 0 && (errno = Marshal.GetLastPInvokeError()) != Errno.EEXIST)
            return Unavailable($"no cgroup can be made in {above}: {Errno.Describe(errno)}", out why);
        errno = CgroupFile.CanWrite(place, "cgroup.procs");
        if (errno != 0)
            return Unavailable($"processes cannot be moved into the cgroup {place}: {Errno.Describe(errno)}", out why);
        errno = CgroupFile.CanWrite(place, "cgroup.kill");
        if (errno != 0)
            return Unavailable($"the kernel cannot kill a cgroup (cgroup.kill, Linux 5.14): {Errno.Describe(errno)}", out why);

        var earlier = Earlier(memory, mount, place);
        Remember(memory, [place, .. earlier]);
        why = "";
        return new RunCgroups(place, earlier, CgroupControllers.Enable(above, place, leaf));
    }

    private static RunCgroups? Unavailable(string reason, out string why)
    {
        why = reason;
        return null;
    }

    private IEnumerable<RunCgroup> All()
    {
        foreach (string place in (IEnumerable<string>)[Place, .. _earlier])
        {
            if (!Directory.Exists(place))
                continue;
            foreach (string directory in Directory.GetDirectories(place))
            {
                if (Guid.TryParseExact(Path.GetFileName(directory), "N", out Guid run))
                    yield return new RunCgroup(directory, run);
            }
        }
    }

    private static void RemoveEmptyPlaces(IEnumerable<string> places)
    {
        foreach (string place in places)
            _ = Libc.RemoveDirectory(place);
    }

    private static string[] Earlier(string memory, CgroupMount mount, string place)
    {
        if (!File.Exists(memory))
            return [];
        string name = Path.GetFileName(place);
        return [.. File.ReadLines(memory).Distinct(StringComparer.Ordinal)
            .Where(line => line != place && line.StartsWith(mount.Path + "/", StringComparison.Ordinal) && Path.GetFileName(line) == name && Directory.Exists(line))];
    }

    private static void Remember(string memory, IReadOnlyList<string> places)
    {
        string text = string.Join('\n', places) + "\n";
        if (File.Exists(memory) && File.ReadAllText(memory) == text)
            return;
        string draft = memory + ".new";
        File.WriteAllText(draft, text);
        File.Move(draft, memory, overwrite: true);
    }

    private static string NameOf(string stateDirectory)
    {
        uint hash = Crc32C.Append(0, Encoding.UTF8.GetBytes(Path.TrimEndingDirectorySeparator(stateDirectory)));
        return string.Create(CultureInfo.InvariantCulture, $"overseer-{hash:x8}");
    }

    private static string PathOf(string place, Guid runId) => $"{place}/{runId:N}";
}
