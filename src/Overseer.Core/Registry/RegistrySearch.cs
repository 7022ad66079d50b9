using Overseer.Core.Tasks;
using TaskStatus = Overseer.Core.Tasks.TaskStatus;

namespace Overseer.Core.Registry;

/// <summary>Looks tasks up by filters, over the narrowest index that a filter offers. From any thread.</summary>
internal static class RegistrySearch
{
    /// <summary>The tasks that pass a filter, by number. Tasks that never had a process are none of it.</summary>
    public static IEnumerable<RegisteredTask> Select(this RegistryIndex index, RegistryFilter filter)
    {
        var wanted = new Wanted(filter);
        foreach (var task in Candidates(index, filter))
        {
            if (wanted.Matches(task)) yield return task;
        }
    }

    /// <summary>The tasks that may pass a list's filter, by number, from the first it asks for.</summary>
    public static IEnumerable<TaskStatus> Candidates(this RegistryIndex index, TaskFilter filter)
    {
        var after = filter.After ?? long.MinValue;
        if (filter.Name is { } name) return index.FindByName(name) is { } named && named.Number > after ? [named.Status] : [];
        var (tagged, grouped) = (filter.Tag is { } tag ? index.With(LabelKind.Tag, tag) : null, filter.Group is { } group ? index.With(LabelKind.Group, group) : null);
        var roll = tagged is null ? grouped ?? index.All : grouped is null || tagged.Count <= grouped.Count ? tagged : grouped;
        return roll.After(after).Select(task => task.Status);
    }

    /// <summary>The command line as a filter sees it.</summary>
    public static string CommandLineOf(TaskStatus status) => status.Args is { Count: > 0 } args ? $"{status.Command} {string.Join(' ', args)}" : status.Command ?? "";

    private static IEnumerable<RegisteredTask> Candidates(RegistryIndex index, RegistryFilter filter)
    {
        // What names single tasks is as narrow as it is long; rolls say how long they are.
        if (filter.Numbers.Count > 0) return Ordered(filter.Numbers.Select(index.Find).OfType<RegisteredTask>());
        if (filter.Pids.Count > 0) return Ordered(filter.Pids.SelectMany(index.AllByPid));
        if (filter.Names.Count > 0) return Ordered(filter.Names.Select(index.FindByName).OfType<RegisteredTask>());

        var best = index.All;
        foreach (var roll in filter.TagsAll.Select(tag => index.With(LabelKind.Tag, tag)).Concat(filter.GroupsAll.Select(group => index.With(LabelKind.Group, group))))
        {
            if (roll.Count < best.Count) best = roll;
        }

        IEnumerable<RegisteredTask> found = best;
        var least = best.Count;
        Narrow(filter.TagsAny, LabelKind.Tag);
        Narrow(filter.GroupsAny, LabelKind.Group);
        return found;

        void Narrow(IReadOnlyList<string> labels, LabelKind kind)
        {
            if (labels.Count == 0) return;
            var rolls = labels.Distinct(StringComparer.Ordinal).Select(label => index.With(kind, label)).ToList();
            var sum = rolls.Sum(roll => roll.Count);
            if (sum >= least) return;
            least = sum;
            found = rolls.Count == 1 ? rolls[0] : Ordered(rolls.SelectMany(roll => roll));
        }
    }

    private static IEnumerable<RegisteredTask> Ordered(IEnumerable<RegisteredTask> tasks) => tasks.Distinct().OrderBy(task => task.Number);

    /// <summary>A filter made ready: long lists are looked up, not walked.</summary>
    private sealed class Wanted(RegistryFilter filter)
    {
        private readonly HashSet<long> _numbers = [.. filter.Numbers];
        private readonly HashSet<int> _pids = [.. filter.Pids];
        private readonly HashSet<string> _names = new(filter.Names, StringComparer.Ordinal);
        private readonly HashSet<string> _tagsAny = new(filter.TagsAny, StringComparer.Ordinal);
        private readonly HashSet<string> _groupsAny = new(filter.GroupsAny, StringComparer.Ordinal);
        private readonly string? _text = filter.Text?.Trim() is { Length: > 0 } text ? text : null;

        public bool Matches(RegisteredTask task)
        {
            var status = task.Status;
            return status.CurrentPid is { } pid
                && (!filter.AliveOnly || status.WorkerState == WorkerState.Running)
                && (_numbers.Count == 0 || _numbers.Contains(task.Number))
                && (_pids.Count == 0 || _pids.Contains(pid))
                && (_names.Count == 0 || (status.Name is { } name && _names.Contains(name)))
                && Any(_tagsAny, status.Tags) && All(filter.TagsAll, status.Tags)
                && Any(_groupsAny, status.Groups) && All(filter.GroupsAll, status.Groups)
                && (_text is null || CommandLineOf(status).Contains(_text, StringComparison.Ordinal));
        }

        private static bool Any(HashSet<string> wanted, IReadOnlyList<string> labels)
        {
            if (wanted.Count == 0) return true;
            for (var i = 0; i < labels.Count; i++)
            {
                if (wanted.Contains(labels[i])) return true;
            }

            return false;
        }

        private static bool All(IReadOnlyList<string> wanted, IReadOnlyList<string> labels)
        {
            for (var i = 0; i < wanted.Count; i++)
            {
                if (!labels.Contains(wanted[i], StringComparer.Ordinal)) return false;
            }

            return true;
        }
    }
}
