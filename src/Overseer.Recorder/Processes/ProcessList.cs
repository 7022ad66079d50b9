using System.Globalization;
using System.IO.Enumeration;

namespace Overseer.Recorder.Processes;

/// <summary>The numbers of all processes, in ascending order as the kernel lists them, and those of a process's open descriptors.</summary>
internal static class ProcessList
{
    private static readonly EnumerationOptions Options = new() { AttributesToSkip = FileAttributes.None, RecurseSubdirectories = false };

    internal static IEnumerable<int> Pids() => Numbers("/proc");

    /// <summary>None when the process is gone or may not be looked into.</summary>
    internal static IReadOnlyList<int> Descriptors(int pid)
    {
        try
        {
            return [.. Numbers($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/fd")];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static FileSystemEnumerable<int> Numbers(string directory) => new(directory, ParseName, Options) { ShouldIncludePredicate = IsNumber };

    private static bool IsNumber(ref FileSystemEntry entry) => char.IsAsciiDigit(entry.FileName[0]);

    private static int ParseName(ref FileSystemEntry entry)
        => int.TryParse(entry.FileName, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : 0;
}
