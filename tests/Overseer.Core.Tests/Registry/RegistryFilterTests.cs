using FsCheck;
using FsCheck.Fluent;
using Overseer.Core.Registry;
using Overseer.Core.Tasks;

namespace Overseer.Core.Tests.Registry;

/// <summary>One match within a filter is enough, every filter that is set must match, entries come by number; over an index or not.</summary>
public sealed class RegistryFilterTests
{
    private static readonly string[] Words = ["a", "b", "c"];

    private static Gen<IReadOnlyList<string>> Labels { get; } = Gen.Elements(Words).ArrayOf().Select(labels => (IReadOnlyList<string>)[.. labels.Distinct(StringComparer.Ordinal)]);

    private static Gen<FakeTask[]> Tasks { get; } =
        (from pid in Gen.Choose(0, 8)
         from alive in Gen.Elements(true, false)
         from tags in Labels
         from groups in Labels
         from named in Gen.Elements(true, false)
         from text in Gen.Elements("sleep 300", "sleep 4", "cat", "")
         select (pid, alive, tags, groups, named, text)).ArrayOf().Select(all => all.Select((one, i) => new FakeTask(i + 1).Is(status => status with
         {
             CurrentPid = one.pid == 0 ? null : one.pid,
             WorkerState = one.pid == 0 ? null : one.alive ? WorkerState.Running : WorkerState.Exited,
             Tags = one.tags,
             Groups = one.groups,
             Name = one.named ? $"n{i + 1}" : null,
             Command = one.text.Split(' ')[0],
             Args = one.text.Split(' ') is [_, var arg] ? [arg] : null,
         })).ToArray());

    private static Gen<RegistryFilter> Filters { get; } =
        from numbers in Sometimes(Gen.Choose(1, 12).Select(n => (long)n))
        from pids in Sometimes(Gen.Choose(1, 9))
        from names in Sometimes(Gen.Choose(1, 12).Select(n => $"n{n}"))
        from tagsAny in Sometimes(Gen.Elements("a", "b", "nosuch"))
        from tagsAll in Sometimes(Gen.Elements(Words))
        from groupsAny in Sometimes(Gen.Elements("a", "b", "nosuch"))
        from groupsAll in Sometimes(Gen.Elements(Words))
        from alive in Gen.Elements(false, false, true)
        from text in Gen.Elements(null, null, " ", "", " sleep ", "p 3", "300", "SLEEP")
        select new RegistryFilter
        {
            Numbers = numbers,
            Pids = pids,
            Names = names,
            TagsAny = tagsAny,
            TagsAll = tagsAll,
            GroupsAny = groupsAny,
            GroupsAll = groupsAll,
            AliveOnly = alive,
            Text = text,
        };

    [Fact]
    public void What_an_index_finds_is_what_a_look_at_each_finds() => Prop.ForAll(Tasks.ToArbitrary(), Filters.ToArbitrary(), (tasks, filter) =>
    {
        var index = new RegistryIndex();
        foreach (var task in tasks)
        {
            index.Add(task);
            index.SetName(task, null, task.Status.Name);
            index.SetPid(task, task.Status.CurrentPid);
        }

        return index.Select(filter).SequenceEqual(tasks.Where(task => Passes(task, filter)));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void A_list_over_an_index_is_the_list_over_everything() => Prop.ForAll(
        Tasks.ToArbitrary(),
        (from tag in Gen.Elements(null, "a", "nosuch")
         from groupName in Gen.Elements(null, "b", "nosuch")
         from name in Gen.Elements(null, null, null, "n2", "nosuch")
         from after in Gen.Elements<long?>(null, 0, 3, long.MaxValue)
         from limit in Gen.Elements<int?>(null, 1, 3)
         select new TaskFilter { Tag = tag, Group = groupName, Name = name, After = after, Limit = limit }).ToArbitrary(),
        (tasks, filter) =>
        {
            var index = new RegistryIndex();
            foreach (var task in tasks)
            {
                index.Add(task);
                index.SetName(task, null, task.Status.Name);
            }

            return filter.Apply(index.Candidates(filter)).SequenceEqual(filter.Apply(tasks.Select(task => task.Status)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    private static Gen<IReadOnlyList<T>> Sometimes<T>(Gen<T> gen) =>
        Gen.Frequency((3, Gen.Constant<IReadOnlyList<T>>([])), (1, gen.ArrayOf().Select(all => (IReadOnlyList<T>)all)));

    // As PROTOCOLS.md says it, word for word.
    private static bool Passes(FakeTask task, RegistryFilter filter)
    {
        var status = task.Status;
        var text = (filter.Text ?? "").Trim();
        return status.CurrentPid is { } pid
            && (filter.Numbers.Count == 0 || filter.Numbers.Any(number => number == task.Number))
            && (filter.Pids.Count == 0 || filter.Pids.Any(one => one == pid))
            && (filter.Names.Count == 0 || filter.Names.Any(name => name == status.Name))
            && (filter.TagsAny.Count == 0 || filter.TagsAny.Any(tag => status.Tags.Contains(tag)))
            && filter.TagsAll.All(tag => status.Tags.Contains(tag))
            && (filter.GroupsAny.Count == 0 || filter.GroupsAny.Any(group => status.Groups.Contains(group)))
            && filter.GroupsAll.All(group => status.Groups.Contains(group))
            && (!filter.AliveOnly || status.WorkerState == WorkerState.Running)
            && (text.Length == 0 || (status.Command + string.Concat((status.Args ?? []).Select(arg => " " + arg))).Contains(text, StringComparison.Ordinal));
    }
}
