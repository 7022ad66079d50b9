using Overseer.Recorder.Cgroups;
using Overseer.Recorder.Processes;
using Overseer.Recorder.Tests.Processes;

namespace Overseer.Recorder.Tests.Cgroups;

/// <summary>A place for groups of its own for each test; whoever is left in it is killed at the end.</summary>
internal sealed class GroupPlace : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("overseer-cgroups-");

    internal GroupPlace() => Groups = Open();

    internal RunCgroups Groups { get; }

    internal string Memory => Path.Combine(_directory.FullName, "cgroups");

    internal RunCgroups Open() => RunCgroups.TryOpen(_directory.FullName, 0, Memory, out string why) ?? throw new InvalidOperationException(why);

    internal RunCgroup Make(Guid run)
    {
        var group = Groups.Create(run, null, out _, out int errno);
        Assert.Equal(0, errno);
        return group!;
    }

    /// <summary>A script that enters the group of a new run, which it gets as its argument, before it does anything.</summary>
    internal (SampleRun Run, RunCgroup Group) Start(string script)
    {
        var group = Make(Guid.NewGuid());
        return (SampleRun.Start("echo $$ > $1/cgroup.procs; " + script, group.Path), group);
    }

    internal static SignalReport Signal(SampleRun run, RunCgroup group, int signal, TimeSpan? patience = null) =>
        RunSignal.Send(group, run.Root.Pid, run.Root.StartTime, signal, run.RunId, 0, patience);

    public void Dispose()
    {
        Groups.RemoveLeftovers(_ => RunStanding.Unknown);
        Groups.RemovePlace();
        _directory.Delete(recursive: true);
    }
}
