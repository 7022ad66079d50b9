using System.Collections.Concurrent;
using System.Globalization;
using Overseer.Core.Tasks;
using Overseer.Metrics;
using Overseer.Protocols.V2;
using Overseer.Recorder.Accounts;
using Overseer.Recorder.Processes;

namespace Overseer.Processes;

/// <summary>The answers to <c>processes</c>. From any thread.</summary>
internal sealed class ProcessAnswers(ProcessSampler sampler)
{
    private readonly ConcurrentDictionary<int, string> _userNames = [];

    /// <summary>What is known of the processes of these tasks.</summary>
    /// <param name="mayShow">Whether the task may be shown to who asks.</param>
    public ProcessesResponse To(ProcessesMessage request, Func<Core.Tasks.TaskStatus, bool> mayShow)
    {
        var filter = new TaskFilter { Action = request.Action, Tag = request.Tag, Group = request.Group };
        return new ProcessesResponse
        {
            Id = request.Id,
            Processes = [.. Of(task => (request.TaskId is null || task.TaskId == request.TaskId) && filter.Matches(task) && mayShow(task), request.Members)],
        };
    }

    /// <summary>What is known of the processes of the tasks that are wanted and have any, by number.</summary>
    public IEnumerable<ProcessInfo> Of(Func<Core.Tasks.TaskStatus, bool> wanted, bool members = false) =>
        sampler.Look().Tasks.Where(found => wanted(found.Task)).Select(found => ToInfo(found, members));

    private ProcessInfo ToInfo(TaskProcesses found, bool members)
    {
        long? files = 0;
        foreach (var member in found.Members)
        {
            files += FilesOf(member.Stat.Pid);
        }

        return new ProcessInfo
        {
            TaskId = found.Task.TaskId,
            Number = found.Task.Number,
            Action = found.Task.Action,
            Name = found.Task.Name,
            Process = ToMember(found.Root),
            TreeSize = found.Members.Count,
            Tree = ToUsage(found.Tree, files),
            Members = members ? [.. found.Members.Skip(1).Select(member => ToMember(member))] : null,
        };
    }

    private ProcessMember ToMember(SeenProcess process)
    {
        var details = ProcessDetails.Of(process.Stat.Pid);
        return new ProcessMember
        {
            Pid = process.Stat.Pid,
            ParentPid = process.Stat.Parent,
            StartedAt = DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(ProcessReading.BootTime() + ((double)process.Stat.StartTime / Recorder.Processes.ProcessUsage.TicksPerSecond)),
            User = details.UserId is { } user ? _userNames.GetOrAdd(user, NameOf) : null,
            CommandLine = details.CommandLine,
            Usage = ToUsage(process.Use, FilesOf(process.Stat.Pid)),
        };
    }

    private static Protocols.V2.ProcessUsage ToUsage(ProcessUse use, long? files) => new()
    {
        CpuPercent = Math.Round(use.CpuPercent, 1),
        CpuSeconds = Math.Round(use.CpuSeconds, 2),
        ResidentBytes = use.ResidentBytes,
        Threads = use.Threads,
        OpenFds = files,
    };

    private static string NameOf(int user) => UserAccount.ById(user)?.Name ?? user.ToString(CultureInfo.InvariantCulture);

    // None of a process that is gone since the look, or that is not ours to look into.
    private static long? FilesOf(int pid)
    {
        try
        {
            return OpenFiles.Count(pid);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
