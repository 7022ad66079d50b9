using System.Globalization;
using Overseer.Recorder.Accounts;
using Overseer.Recorder.Processes;

namespace Overseer.Cli.Discovery;

/// <summary>Looks at all processes of this machine: those with a command line, which threads of the kernel have not, without this one and its parent.</summary>
internal static class ProcessFinder
{
    /// <summary>Those that fit, by pid.</summary>
    internal static IReadOnlyList<FoundProcess> Find(ProcessQuery query)
    {
        IReadOnlyDictionary<long, int> ports = ListeningPorts.ByInode();
        double uptime = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
        var names = new Dictionary<int, string>();
        var found = new List<FoundProcess>();
        int parent = ProcessStat.TryRead(Environment.ProcessId, out ProcessStat own) ? own.Parent : 0;
        foreach (int pid in ProcessList.Pids())
        {
            if (pid == Environment.ProcessId || pid == parent || !ProcessStat.TryRead(pid, out ProcessStat stat) || stat.State is 'Z' or 'X')
                continue;
            ProcessDetails details = ProcessDetails.Of(pid);
            if (details.CommandLine.Count == 0)
                continue;
            int[] listening = [.. OpenSockets.InodesOf(pid).Select(inode => ports.GetValueOrDefault(inode)).Where(port => port != 0).Distinct().Order()];
            var process = new FoundProcess(pid, NameOf(details.UserId, names), TimeSpan.FromSeconds(Math.Max(0, uptime - ((double)stat.StartTime / ProcessUsage.TicksPerSecond))), listening, details.CommandLine);
            if (query.Fits(query.User is { } user && details.UserId?.ToString(CultureInfo.InvariantCulture) == user ? process with { User = user } : process))
                found.Add(process);
        }
        return found;
    }

    private static string? NameOf(int? user, Dictionary<int, string> names)
    {
        if (user is not { } id)
            return null;
        if (!names.TryGetValue(id, out string? name))
            names.Add(id, name = UserAccount.ById(id)?.Name ?? id.ToString(CultureInfo.InvariantCulture));
        return name;
    }
}
