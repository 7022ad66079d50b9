namespace Overseer.Bench;

/// <summary>Memory of a process in bytes: its share (pages that others map too counted in part), and all of what it maps.</summary>
internal readonly record struct MemoryUse(long Proportional, long Resident)
{
    internal static MemoryUse Of(int pid)
    {
        if (pid == 0)
            return default;
        long Kilobytes(string name) => File.ReadLines($"/proc/{pid}/smaps_rollup")
            .Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Select(line => long.Parse(line.AsSpan(name.Length).Trim(" kB")))
            .First();
        return new MemoryUse(Kilobytes("Pss:") * 1024, Kilobytes("Rss:") * 1024);
    }

    public static MemoryUse operator +(MemoryUse one, MemoryUse other) =>
        new(one.Proportional + other.Proportional, one.Resident + other.Resident);
}
