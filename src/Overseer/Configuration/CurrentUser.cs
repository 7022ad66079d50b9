using System.Globalization;

namespace Overseer.Configuration;

/// <summary>The user this process acts as.</summary>
internal static class CurrentUser
{
    /// <summary>The effective user id.</summary>
    public static int Id { get; } = Read();

    // "Uid:	real	effective	saved	file system" (proc_pid_status(5))
    private static int Read()
    {
        foreach (var line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith("Uid:", StringComparison.Ordinal)) return int.Parse(line.Split('\t')[2], NumberStyles.None, CultureInfo.InvariantCulture);
        }

        throw new InvalidOperationException("/proc/self/status has no Uid; is /proc mounted?");
    }
}
