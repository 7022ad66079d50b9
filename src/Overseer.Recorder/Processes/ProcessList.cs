using System.Globalization;
using System.IO.Enumeration;

namespace Overseer.Recorder.Processes;

/// <summary>The numbers of all processes, in ascending order as the kernel lists them.</summary>
internal static class ProcessList
{
    private static readonly EnumerationOptions Options = new() { AttributesToSkip = FileAttributes.None, RecurseSubdirectories = false };

    internal static IEnumerable<int> Pids() => new FileSystemEnumerable<int>("/proc", ParseName, Options) { ShouldIncludePredicate = IsNumber };

    private static bool IsNumber(ref FileSystemEntry entry) => char.IsAsciiDigit(entry.FileName[0]);

    private static int ParseName(ref FileSystemEntry entry)
        => int.TryParse(entry.FileName, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : 0;
}
