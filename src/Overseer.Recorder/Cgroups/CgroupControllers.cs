using System.Globalization;
using Overseer.Recorder.Spawning;

namespace Overseer.Recorder.Cgroups;

// Limits by controllers need them enabled on the way down, in cgroup.subtree_control of each group above the run's. A group in which processes are cannot do
// so (the "no internal process" rule of the cgroup-v2 guide), and neither the server nor the recorder ever moves itself to make room: a group that systemd
// made is systemd's. So controllers are there
// - where the group above the place is systemd's delegated one and the recorder sits in a leaf of it (Delegate=yes and DelegateSubgroup=, systemd 254);
// - where somebody else enabled them for our own group's children before.
// Otherwise limits are those of setrlimit(2).
internal static unsafe class CgroupControllers
{
    private static readonly string[] Wanted = ["pids", "memory", "cpu"];

    /// <summary>Enables what can be enabled for the children of the place, and says which of the wanted ones they have.</summary>
    /// <param name="above">The group above the place.</param>
    /// <param name="place">The group whose children are runs. Never has processes of its own.</param>
    /// <param name="delegated">Whether the group above is for us to configure.</param>
    internal static IReadOnlyList<string> Enable(string above, string place, bool delegated)
    {
        if (delegated)
            Enable(above);
        Enable(place);
        return Words(place, "cgroup.subtree_control");
    }

    /// <summary>Writes the limits that controllers can keep.</summary>
    /// <returns>The limits that are left for others to keep; null when none are.</returns>
    internal static SpawnLimits? Apply(string group, IReadOnlyList<string> controllers, SpawnLimits limits)
    {
        if (limits.Processes is { } processes && controllers.Contains("pids") && Set(group, "pids.max", processes))
            limits = limits with { Processes = null };
        if (limits.MemoryBytes is { } memory && controllers.Contains("memory") && Set(group, "memory.max", memory))
            limits = limits with { MemoryBytes = null };
        return limits is { Processes: null, MemoryBytes: null, OpenFiles: null, CpuMilli: null } ? null : limits;
    }

    private static void Enable(string group)
    {
        string[] there = Words(group, "cgroup.controllers");
        foreach (string controller in Wanted)
        {
            if (there.Contains(controller))
                _ = CgroupFile.Write(group, "cgroup.subtree_control", "+" + controller);
        }
    }

    private static bool Set(string group, string file, long value) =>
        CgroupFile.Write(group, file, value.ToString(CultureInfo.InvariantCulture)) == 0;

    private static string[] Words(string group, string file) =>
        (CgroupFile.Read(group, file) ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Whether systemd marked the group as one that its service may configure: the attribute <c>delegate</c>, see systemd.resource-control(5).</summary>
    internal static bool IsDelegated(string group)
    {
        foreach (string name in (ReadOnlySpan<string>)["user.delegate", "trusted.delegate"])
        {
            byte value;
            if (Libc.GetExtendedAttribute(group, name, &value, 1) == 1 && value == (byte)'1')
                return true;
        }
        return false;
    }
}
