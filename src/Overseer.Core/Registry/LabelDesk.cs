using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.Core.Tasks.Storage;
using TaskStatus = Overseer.Core.Tasks.TaskStatus;

namespace Overseer.Core.Registry;

/// <summary>Renames tags and groups of tasks, whatever they come from: all at once, in one step of the engine. Belongs to its thread.</summary>
internal sealed class LabelDesk(RegistryIndex index, ActionCatalog actions, ChangeLog changes)
{
    private ActionCatalog _actions = actions;

    /// <summary>From now on these give labels to their tasks.</summary>
    public void Use(ActionCatalog actions) => _actions = actions;

    /// <summary>Renames a label, or says why not.</summary>
    public void Rename(EngineCommand.RenameLabel command, List<Effect> effects)
    {
        var rename = new LabelRename(command.Kind, command.From.Trim(), command.To.Trim());
        EngineReply answer = rename is { From: "" } or { To: "" } ? new EngineReply.Failed("from and to must be provided")
            : StartChecks.Labels("to", [rename.To], 1) is { } bad ? new EngineReply.Failed(bad)
            : new EngineReply.Renamed(rename.From == rename.To ? 0 : Rename(rename, effects));
        effects.Add(new Effect.Reply(command.Origin, answer));
    }

    private int Rename(LabelRename rename, List<Effect> effects)
    {
        var count = 0;
        foreach (var task in index.With(rename.Kind, rename.From).ToList())
        {
            if (task is AdoptedTask adopted) Rename(adopted, rename, effects);
            else if (!Rename((TaskEntry)task, rename, effects)) continue;
            index.Relabel(task);
            count++;
        }

        return count;
    }

    private static void Rename(AdoptedTask task, LabelRename rename, List<Effect> effects)
    {
        var status = task.Status;
        if (rename.Kind == LabelKind.Tag) task.Relabel(rename.In(status.Tags), status.Groups, effects);
        else task.Relabel(status.Tags, rename.In(status.Groups), effects);
    }

    /// <summary>False when the label is the action's: the configuration says it, and would say it again.</summary>
    private bool Rename(TaskEntry entry, LabelRename rename, List<Effect> effects)
    {
        var labels = rename.In(entry.Labels);
        if (labels == entry.Labels) return false;
        entry.Labels = labels;
        entry.Record = entry.Record with { Tags = labels.Tags, Groups = labels.Groups };
        changes.Put(entry.Stored = entry.Record);

        // What it goes back to if the start under way fails: labels it may no longer have now.
        if (entry.Pending is { } pending)
        {
            var before = rename.In(pending.Labels);
            entry.Pending = pending with { Labels = before, Record = pending.Record is { } record ? record with { Tags = before.Tags, Groups = before.Groups } : null };
        }

        var definition = _actions.Find(entry.Record.Action)?.Definition;
        entry.Machine.Relabel(status => Relabelled(status, rename, (rename.Kind == LabelKind.Tag ? definition?.Tags : definition?.Groups) ?? []), effects);
        return true;
    }

    private static TaskStatus Relabelled(TaskStatus status, LabelRename rename, IReadOnlyList<string> given)
    {
        var shown = rename.Kind == LabelKind.Tag ? status.Tags : status.Groups;
        var renamed = StartChecks.Join(given, rename.In([.. shown.Except(given, StringComparer.Ordinal)]));
        return rename.Kind == LabelKind.Tag ? status with { Tags = renamed } : status with { Groups = renamed };
    }
}
