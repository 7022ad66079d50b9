using Overseer.Core.Registry;
using Overseer.Core.Tasks;
using Overseer.Protocols.Goproc;
using Overseer.Protocols.V2;
using Overseer.Registry;

namespace Overseer.Goproc;

/// <summary>Entries and filters between the registry and goproc's messages.</summary>
internal static class ProcMessages
{
    /// <summary>An entry as goproc shows it.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="process">What its processes use; null when it was not asked for, or when none runs.</param>
    public static Proc Of(RegistryEntry entry, ProcessInfo? process)
    {
        var proc = new Proc
        {
            Id = (ulong)entry.Number,
            Pid = entry.Pid,
            Pgid = entry.Pgid,
            Cmd = entry.Command,
            Alive = entry.IsAlive,
            AddedAtUnix = entry.AddedAt.ToUnixTimeSeconds(),
            LastSeenUnix = entry.LastSeenAt.ToUnixTimeSeconds(),
            Name = entry.Name ?? "",
            StartedAtUnixNano = Nanoseconds(entry.StartedAt),
            ExitedAtUnixNano = Nanoseconds(entry.ExitedAt),
            Signal = entry.Signal ?? "",
            Origin = entry.Origin switch { TaskOrigin.Action => "action", TaskOrigin.Command => "command", TaskOrigin.Session => "session", TaskOrigin.Container => "container", _ => "adopted" },
            State = entry.State switch { TaskState.Active => "active", TaskState.Errored => "errored", TaskState.Queued => "queued", _ => "stopped" },
            TaskId = entry.TaskId,
        };
        if (entry is { ExitCode: { } code, Signal: null })
        {
            proc.ExitCode = code;
        }

        if (process is not null)
        {
            proc.Use = Of(process.Process.Usage);
            proc.TreeUse = Of(process.Tree);
            proc.TreeSize = (uint)process.TreeSize;
            proc.User = process.Process.User ?? "";
        }

        proc.Tags.AddRange(entry.Tags);
        proc.Groups.AddRange(entry.Groups);
        return proc;
    }

    /// <summary>What a list asks for.</summary>
    public static RegistryFilter FilterOf(ListRequest request) => new()
    {
        // A number beyond what there can be matches nothing, and is not left out: that would match everything.
        Numbers = [.. request.Ids.Select(id => id <= long.MaxValue ? (long)id : -1)],
        Pids = [.. request.Pids],
        Names = [.. request.Names],
        TagsAny = [.. request.TagsAny],
        TagsAll = [.. request.TagsAll],
        GroupsAny = [.. request.GroupsAny],
        GroupsAll = [.. request.GroupsAll],
        AliveOnly = request.AliveOnly,
        Text = request.TextSearch,
    };

    private static Use Of(ProcessUsage usage)
    {
        var use = new Use { CpuPercent = usage.CpuPercent, CpuSeconds = usage.CpuSeconds, ResidentBytes = usage.ResidentBytes, Threads = usage.Threads };
        if (usage.OpenFds is { } files)
        {
            use.OpenFds = files;
        }

        return use;
    }

    private static long Nanoseconds(DateTimeOffset? time) => time is { } at ? (at - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick : 0;
}
