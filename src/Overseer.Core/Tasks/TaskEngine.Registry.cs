using System.Diagnostics;
using Overseer.Core.Registry;

namespace Overseer.Core.Tasks;

/// <content>Adopted processes, and what is done to tasks whatever they come from.</content>
internal sealed partial class TaskEngine
{
    /// <summary>
    /// Takes over what a snapshot says of adopted processes: numbers, ids and names must be free. After <see cref="Restore"/>, before any command.
    /// </summary>
    /// <param name="records">The processes.</param>
    /// <param name="lastNumber">The highest number that was given out.</param>
    /// <param name="effects">Gets what has to be done.</param>
    public void Import(IEnumerable<AdoptedRecord> records, long lastNumber, List<Effect> effects)
    {
        foreach (var record in records)
        {
            lastNumber = Math.Max(lastNumber, record.Number);
            _adopted.Import(record, effects);
        }

        _desk.LastNumber = Math.Max(_desk.LastNumber, lastNumber);
        _changes.SnapshotTaken();
    }

    private void ApplyToRegistry(EngineCommand command, List<Effect> effects)
    {
        switch (command)
        {
            case EngineCommand.AdoptProcess c: Adopt(c, effects); break;
            case EngineCommand.AdoptedExited c:
                _adopted.Drive(c.Number, c.Process, new AdoptedInput.Exited(c.Signal > 0 ? -1 : c.ExitCode, c.Signal > 0 ? PosixSignalName.Of(c.Signal) : null, c.At), effects);
                break;
            case EngineCommand.AdoptedKillIncomplete c: _adopted.Drive(c.Number, c.Process, new AdoptedInput.KillIncomplete(c.Pids), effects); break;
            case EngineCommand.AdoptedSeen c: _adopted.Seen(c.At); break;
            case EngineCommand.TimerElapsed { Key: { Kind: TimerKind.AdoptedGrace } key }: _adopted.GraceEnded(key.RunId, effects); break;
            case EngineCommand.RemoveTask c: Remove(c, effects); break;
            case EngineCommand.RenameLabel c: _labels.Rename(c, effects); break;
            case EngineCommand.ResetRegistry c: ResetRegistry(c, effects); break;
            default: throw new UnreachableException(command.GetType().Name);
        }
    }

    private void Adopt(EngineCommand.AdoptProcess adopt, List<Effect> effects)
    {
        if (_ending) effects.Add(new Effect.Reply(adopt.Origin, new EngineReply.Failed("the server is shutting down")));
        else _adopted.Adopt(adopt, effects);
    }

    private void Remove(EngineCommand.RemoveTask remove, List<Effect> effects)
    {
        var task = _index.Find(remove.Number) is { } found && remove.Origin.Sees(found.Status) ? found : null;
        EngineReply answer = task is null ? new EngineReply.Failed("id not found")
            : task is TaskEntry { Machine.Phase: not TaskPhase.Ended } ? new EngineReply.Failed("task has not ended; stop it first", task.TaskId)
            : new EngineReply.Removed(task.Status);
        effects.Add(new Effect.Reply(remove.Origin, answer));
        if (answer is not EngineReply.Removed) return;
        if (task is TaskEntry entry) Forget(entry, effects);
        else _adopted.Forget((AdoptedTask)task!, effects);
    }

    /// <summary>Numbers begin again behind those of tasks that are still under way: none is ever that of two tasks.</summary>
    private void ResetRegistry(EngineCommand.ResetRegistry reset, List<Effect> effects)
    {
        var ended = _table.All.Where(entry => entry.Machine.Phase == TaskPhase.Ended).ToList();
        foreach (var entry in ended) Forget(entry, effects);
        var count = _adopted.Reset(effects) + ended.Count;
        _desk.LastNumber = _index.All.LastOrDefault()?.Number ?? 0;
        effects.Add(new Effect.Reply(reset.Origin, new EngineReply.RegistryReset(count)));
    }
}
