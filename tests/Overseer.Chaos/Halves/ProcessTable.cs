using System.Globalization;

namespace Overseer.Chaos.Halves;

/// <summary>/proc, read without surprises: a process may end at any time.</summary>
internal static class ProcessTable
{
    internal static IEnumerable<int> Pids() =>
        Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => char.IsAsciiDigit(name![0])).Select(name => int.Parse(name!, CultureInfo.InvariantCulture));

    /// <summary>Arguments with spaces between; empty for a process that has ended, or is a zombie.</summary>
    internal static string CommandLine(int pid) => Read($"/proc/{pid}/cmdline").Replace('\0', ' ');

    internal static bool IsZombie(int pid) => Read($"/proc/{pid}/stat") is var stat && stat.LastIndexOf(')') is > 0 and var name && stat.AsSpan(name).StartsWith(") Z");

    /// <summary>What a descriptor refers to, such as <c>pipe:[1234]</c>; null when there is none.</summary>
    internal static string? Descriptor(int pid, int descriptor) => Target($"/proc/{pid}/fd/{descriptor}");

    /// <summary>What all its descriptors refer to.</summary>
    internal static HashSet<string> Descriptors(int pid)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Select(Target).OfType<string>()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? Target(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
