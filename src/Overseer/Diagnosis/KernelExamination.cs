using Overseer.Recorder.Takeover;

namespace Overseer.Diagnosis;

/// <summary>What the kernel can do, tried. What is tried with a real start is in <see cref="RecorderExamination"/>.</summary>
internal sealed class KernelExamination : IExamination
{
    public string Name => "kernel";

    public IEnumerable<Finding> Examine(Patient patient)
    {
        var release = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        yield return KernelProbes.Pidfd() is { } none
            ? Finding.Failed(Name, $"Linux {release} has no pidfd_open: {none}", "use Linux 5.3 or later; in a container, allow the call in its seccomp profile")
            : Finding.Ok(Name, $"Linux {release}, pidfd_open works");
        yield return KernelProbes.Clone() is { } refused
            ? Finding.Warning("clone3", $"is refused ({refused}): tasks are started through a shell instead, in some milliseconds", "nothing has to be done; a container's seccomp profile may forbid the call")
            : Finding.Ok("clone3", "works");
    }
}
