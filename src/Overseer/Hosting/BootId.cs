namespace Overseer.Hosting;

/// <summary>The present boot of the machine (proc(5), <c>/proc/sys/kernel/random/boot_id</c>).</summary>
internal static class BootId
{
    /// <summary>Reads it.</summary>
    public static Guid Read() => Guid.Parse(File.ReadAllText("/proc/sys/kernel/random/boot_id"));
}
