using System.Globalization;
using Overseer.Recorder.Cgroups;
using Overseer.Recorder.Spawning;

namespace Overseer.Diagnosis;

/// <summary>Whether the system lets a server have the descriptors and processes that its limits promise.</summary>
internal sealed class LimitExamination : IExamination
{
    private const long OwnDescriptors = 200;
    private const long DescriptorsPerTask = 4;
    private const long FewTasks = 100;

    public string Name => "limits";

    public IEnumerable<Finding> Examine(Patient patient)
    {
        yield return OpenFiles(patient);
        yield return Processes(patient);
    }

    private static Finding OpenFiles(Patient patient)
    {
        const string What = "open files";
        var hard = (long)Math.Min(NoFileLimit.Current().Hard, long.MaxValue);
        var connections = patient.Configuration.Limits.MaxConnections;
        var tasks = Math.Max(0, (hard - OwnDescriptors) / DescriptorsPerTask);
        var besides = Math.Max(0, (hard - OwnDescriptors - connections) / DescriptorsPerTask);
        var wanted = Wanted(patient);
        var found = string.Create(CultureInfo.InvariantCulture, $"the hard limit is {hard}: room for {tasks} running tasks, or {besides} beside limits.max_connections ({connections})");
        const string Advice = "raise it: LimitNOFILE= in both units, or ulimit -Hn; else lower limits.max_connections or task_pool";
        return tasks == 0 ? Finding.Failed(What, found, Advice) : besides < wanted ? Finding.Warning(What, found, Advice) : Finding.Ok(What, found);
    }

    private static Finding Processes(Patient patient)
    {
        const string What = "processes";
        var limit = (long)Math.Min(ProcessLimit.OfUser(), long.MaxValue);
        var kernel = Number("/proc/sys/kernel/pid_max") ?? long.MaxValue;
        var group = GroupLimit() ?? long.MaxValue;
        var least = Math.Min(limit, Math.Min(kernel, group));
        var found = $"at most {Text(limit)} of the user, {Text(group)} of the cgroup, {Text(kernel)} of the machine";
        return least < Wanted(patient) * 2
            ? Finding.Warning(What, found, "raise it: LimitNPROC= and TasksMax= in both units, or ulimit -u")
            : Finding.Ok(What, found);
    }

    /// <summary>How many tasks should be able to run: what the pool of all allows, or at least some.</summary>
    private static long Wanted(Patient patient) => patient.Configuration.Pools.TopSettings.Limit is > 0 and var limit ? limit : Math.Min(FewTasks, patient.Configuration.Limits.MaxTasks);

    private static string Text(long limit) => limit == long.MaxValue ? "any number" : limit.ToString(CultureInfo.InvariantCulture);

    private static long? GroupLimit() =>
        CgroupMount.Find() is { } mount && GroupOfProcess.Of(Environment.ProcessId) is { } own && mount.DirectoryOf(own) is { } directory ? Number($"{directory}/pids.max") : null;

    private static long? Number(string path) =>
        File.Exists(path) && long.TryParse(File.ReadAllText(path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
