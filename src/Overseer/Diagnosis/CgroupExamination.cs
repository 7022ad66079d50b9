using Overseer.Configuration;
using Overseer.Recorder.Cgroups;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Processes;

namespace Overseer.Diagnosis;

/// <summary>Whether each task can have a control group.</summary>
internal sealed class CgroupExamination : IExamination
{
    private const string Without = "stops go by process groups and searches instead, which a program that hides from them can outlive";
    private const string Delegate = "under systemd, Delegate=yes in the recorder's unit; elsewhere give the user a group of its own and write access to cgroup.procs";

    public string Name => "cgroups";

    public IEnumerable<Finding> Examine(Patient patient)
    {
        yield return Of(patient);
    }

    private Finding Of(Patient patient)
    {
        if (patient.Configuration.Cgroups == CgroupMode.Off)
        {
            return Finding.Ok(Name, "are not used (cgroups: off)");
        }

        if (CgroupMount.Find() is not { } mount)
        {
            return Finding.Warning(Name, $"cgroup v2 is not mounted: {Without}", "mount it: mount -t cgroup2 none /sys/fs/cgroup/unified");
        }

        // That of the recorder, as it starts the tasks; who would start one now has this process's.
        var pid = patient.RecorderPid ?? Environment.ProcessId;
        if (GroupOfProcess.Of(pid) is not { } own || mount.DirectoryOf(own) is not { } group)
        {
            return Finding.Warning(Name, $"the group of process {pid} is not to be seen below {mount.Path}: {Without}", "in a container, give it a cgroup namespace of its own");
        }

        if (CgroupFile.CanWrite(group, "cgroup.procs") is > 0 and var errno)
        {
            return Finding.Warning(Name, $"processes cannot be moved out of {group} ({Errno.Describe(errno)}): {Without}", Delegate);
        }

        if (!Access.CanWrite(group))
        {
            return Finding.Warning(Name, $"no group can be made in {group}: {Without}", Delegate);
        }

        if (group != mount.Path && !File.Exists($"{group}/cgroup.kill"))
        {
            return Finding.Warning(Name, $"the kernel cannot kill a group as a whole: {Without}", "use Linux 5.14 or later");
        }

        var controllers = (CgroupFile.Read(group, "cgroup.controllers") ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Intersect(["pids", "memory", "cpu"]).ToList();
        return Finding.Ok(Name, $"each task gets one below {group}; controllers: {(controllers.Count == 0 ? "none, so limits are those of setrlimit(2)" : string.Join(", ", controllers))}");
    }
}
