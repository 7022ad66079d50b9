using Overseer.Recorder.Processes;

namespace Overseer.Drivers.Docker;

/// <summary>The process of this machine that is a container's first. An engine may run elsewhere, or number processes otherwise: so it is believed only if the kernel names the container in its control group.</summary>
internal static class ContainerProcess
{
    /// <summary>Its identity; zeros when it is not known.</summary>
    /// <param name="pid">What the engine says.</param>
    /// <param name="containerId">The container.</param>
    public static ProcessIdentity Find(int pid, string containerId)
    {
        if (pid <= 0 || !ProcessStat.TryRead(pid, out var stat)) return default;
        try
        {
            return File.ReadAllText($"/proc/{pid}/cgroup").Contains(containerId, StringComparison.Ordinal) ? stat.Identity : default;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }
}
