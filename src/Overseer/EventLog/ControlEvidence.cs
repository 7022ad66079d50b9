using Overseer.Core.Tasks;
using Overseer.Core.Tasks.Storage;

namespace Overseer.EventLog;

/// <summary>
/// Whether the engine's last batch before a death was stored, as the store shows: it was stored whole or not at all, so one event of it that left a trace is enough.
/// </summary>
internal sealed class ControlEvidence(StoredState stored)
{
    /// <summary>Whether a batch that ended in these events was stored. Of what left no trace, because its task or run was forgotten since, it was.</summary>
    public bool Stored(IReadOnlyList<ControlRecord> batch)
    {
        foreach (var record in batch.Where(record => record.Run != Guid.Empty))
        {
            if (stored.Runs.FirstOrDefault(run => run.RunId.Value == record.Run) is { } run)
            {
                return record.Mark.Kind == ControlKind.Started ? run.Phase != TaskPhase.Starting : run.Phase == TaskPhase.Ended;
            }
        }

        // Only waits: what is said last of each task is how it must stand, if nothing was decided of it since.
        foreach (var (taskId, record) in batch.Where(record => record.Run == Guid.Empty).GroupBy(record => record.TaskId).Select(group => (group.Key, group.Last())))
        {
            var type = LogLines.TypeOf(record.Json.Span);
            var task = stored.Tasks.FirstOrDefault(task => string.Equals(task.TaskId, taskId, StringComparison.Ordinal));
            if (task is null)
            {
                return !type.SequenceEqual("queued"u8);
            }

            if (stored.Runs.Any(run => run.Task == task.Number && run.Phase != TaskPhase.Ended))
            {
                return true;
            }

            return Waits(task) == (type.SequenceEqual("queued"u8) || type.SequenceEqual("restarting"u8));
        }

        return true;
    }

    private static bool Waits(TaskRecord task) => task.Standing is { QueuedAt: not null } or { RestartAt: not null };
}
