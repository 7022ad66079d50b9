using System.Collections.Concurrent;
using Overseer.Core.Tasks;

namespace Overseer.Core.Registry;

/// <summary>Whose latest process has, or had, which pid. Pids come again, so there may be several. Changes belong to the engine's thread, looking is for any.</summary>
internal sealed class PidIndex
{
    private readonly ConcurrentDictionary<int, RegisteredTask[]> _byPid = new();

    /// <summary>All of them, the latest owner last.</summary>
    public IReadOnlyList<RegisteredTask> All(int pid) => _byPid.GetValueOrDefault(pid, []);

    /// <summary>The one whose process lives, else the latest owner.</summary>
    public RegisteredTask? Find(int pid)
    {
        if (!_byPid.TryGetValue(pid, out var owners)) return null;
        for (var i = owners.Length - 1; i > 0; i--)
        {
            if (owners[i].Status is { WorkerState: WorkerState.Running } status && status.CurrentPid == pid) return owners[i];
        }

        return owners.Length == 1 || owners[0].Status is { WorkerState: WorkerState.Running } ? owners[0] : owners[^1];
    }

    /// <summary>Says by which pid a task is found.</summary>
    public void Set(RegisteredTask task, int? pid)
    {
        if (task.IndexedPid == pid) return;
        if (task.IndexedPid is { } old)
        {
            var left = Array.FindAll(_byPid[old], owner => owner != task);
            if (left.Length == 0) _byPid.TryRemove(old, out _);
            else _byPid[old] = left;
        }

        if (pid is { } now) _byPid[now] = _byPid.TryGetValue(now, out var owners) ? [.. owners, task] : [task];
        task.IndexedPid = pid;
    }
}
