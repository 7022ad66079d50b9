using Overseer.Core.Drivers;
using Overseer.Core.Tasks.Storage;
using Overseer.Streams;
using Overseer.Streams.SeqIndex;

namespace Overseer.Server.Tests.Streaming.Filtering;

/// <summary>A task gets another filter: what was numbered keeps its numbers, the new filter holds for what comes.</summary>
public sealed class FilterChangeTests
{
    private readonly WordFilter _a = new("a");
    private readonly WordFilter _b = new("b");

    [Fact]
    public void Another_action_brings_its_filter_for_the_lines_that_come()
    {
        using var task = new FilteredTask(_a, [_a, _b]);
        using var live = task.Join(null);
        Print(task, 400);
        Assert.Equal(task.All, live.Read());
        task.StartAgain(_b);
        Print(task, 400);
        Assert.Equal(task.From(201), live.Read());
        Assert.Equal(task.All, task.Read());
        task.Restart();
        Assert.Equal(task.All, task.Read());
    }

    [Fact]
    public void Each_action_judges_its_own_lines_also_when_nobody_watched_them()
    {
        using var task = new FilteredTask(_a, [_a, _b]);
        Print(task, 300);
        task.StartAgain(_b);
        Print(task, 300);
        task.StartAgain(null);
        Print(task, 300);
        task.Restart();
        task.StartAgain(_a);
        Print(task, 300);
        task.Restart();
        Assert.Equal(task.From(77), task.Read(77));
        Assert.Equal(task.All, task.Read());
        Assert.Equal(150 + 150 + 300 + 150, task.All.Count);
    }

    [Fact]
    public void A_task_that_had_no_filter_keeps_the_numbers_of_its_lines()
    {
        using var task = new FilteredTask(filter: null, [_a], segmentBytes: 4096);
        using var live = task.Join(null);
        Print(task, 500);
        Assert.Equal(500, live.Read().Count);
        task.StartAgain(_a);
        Print(task, 500);
        Assert.Equal(task.From(501), live.Read());
        Assert.Equal(task.All, task.Read());
        Assert.Equal(task.From(499), task.Read(499));
        Assert.Equal(task.From(502), task.Read(502));
        task.Restart();
        Assert.Equal(task.From(400), task.Replay(400, null));
        Assert.Equal(task.All, task.Read());
    }

    [Fact]
    public void A_filter_that_the_configuration_gets_holds_from_the_restart_on()
    {
        using var task = new FilteredTask(filter: null, [], segmentBytes: 4096);
        Print(task, 333);
        task.Known = [_a];
        task.Restart(_a);
        Print(task, 333);
        Assert.Equal(task.All, task.Read());
        Assert.Equal(333 + 167, task.All.Count);
        task.Restart();
        Assert.Equal(task.All, task.Read());
    }

    [Fact]
    public void A_filter_that_the_configuration_loses_has_judged_what_was_numbered()
    {
        using var task = new FilteredTask(_a, segmentBytes: 4096);
        Print(task, 300);
        Assert.Equal(task.All, task.Read());
        task.Known = [];
        task.Restart(null);
        Print(task, 300);
        Assert.Equal(task.All, task.Read());
        Assert.Equal(150 + 300, task.All.Count);
        task.Restart();
        Assert.Equal(task.From(140), task.Read(140));
    }

    [Fact]
    public void Lines_of_a_filter_that_is_gone_and_that_nobody_saw_are_judged_by_the_next()
    {
        using var task = new FilteredTask(_a);
        Print(task, 100);
        Assert.Equal(50, task.Read().Count);
        Print(task, 100);
        task.Known = [_b];
        task.Restart(_b);
        Print(task, 100);
        task.Model(Enumerable.Range(0, 300).Select(i => (Line(i % 100), (i < 100 ? _a : _b).Shows(Line(i % 100)))));
        Assert.Equal(task.All, task.Read());
    }

    [Fact]
    public void A_damaged_index_of_a_filter_that_is_gone_costs_numbers_but_gives_none_twice()
    {
        using var task = new FilteredTask(_a);
        Print(task, 2000);
        Assert.Equal(1000, task.Read().Count);
        task.Known = [_b];
        task.Restart(_b);
        Print(task, 300);
        Assert.Equal(task.All, task.Read());

        // The third record: lines 513 to 768, of which a half were seen as 257 to 384.
        var index = File.ReadAllBytes(Assert.Single(task.IndexFiles));
        index[64 + (2 * 64) + 40] ^= 1;
        File.WriteAllBytes(task.IndexFiles[0], index);
        task.Restart();
        var seen = task.Read();
        Assert.Equal([.. task.All.Take(256), SeenEvent.Gap(257, 384), .. task.All.Skip(384)], seen);
        Assert.Equal(task.From(385), task.Read(385));
        Assert.Equal([SeenEvent.Gap(300, 384), .. task.From(385)], task.Read(300));
        task.Restart();
        Assert.Equal(seen, task.Read());
    }

    [Fact]
    public void An_index_whose_end_is_damaged_and_whose_filter_is_gone_gives_no_number_twice()
    {
        using var task = new FilteredTask(_a);
        Print(task, 1024);
        Assert.Equal(512, task.Read().Count);
        var index = File.ReadAllBytes(Assert.Single(task.IndexFiles));
        index[^10] ^= 1;
        File.WriteAllBytes(task.IndexFiles[0], index);
        task.Known = [_b];
        task.Restart(_b);
        task.Print("b next");
        var seen = task.Read();
        Assert.Equal([.. task.All.Take(384), SeenEvent.Gap(385, 384 + 256), SeenEvent.Line(641, "b next")], seen);
    }

    [Fact]
    public void Many_changes_are_remembered_within_a_bound()
    {
        using var task = new FilteredTask(_a, [_a, _b], segmentBytes: 2048);
        for (var i = 0; i < FilterHistory.MostRegimes * 2; i++)
        {
            Print(task, 10);
            Assert.Equal(task.From(Math.Max(1, task.NextSeq - 7)), task.Read(Math.Max(1, task.NextSeq - 7)));
            task.StartAgain(i % 2 == 0 ? _b : _a);
        }

        Assert.InRange(new FileInfo(Path.Combine(task.Directory, "filters")).Length, 1, FilterHistory.MostRegimes * 32);
        task.Restart();
        Assert.Equal(task.All, task.Read());
    }

    [Fact]
    public void A_registry_finds_out_by_itself_what_has_changed()
    {
        using var task = new FilteredTask(filter: null, []);
        Print(task, 50);
        var root = Path.GetDirectoryName(task.Directory)!;
        var journal = Guid.NewGuid();
        Directory.Move(task.Directory, Path.Combine(root, journal.ToString("N")));
        try
        {
            // No filter, then one, then it again, then another, then none.
            Assert.Equal(50, Numbers(root, journal, null, []).Count);
            Assert.Empty(Directory.GetFiles(root));
            Assert.Equal(50, Numbers(root, journal, _a, [_a]).Count);
            Assert.Equal(50, Numbers(root, journal, _a, [_a]).Count);
            Assert.Equal(50, Numbers(root, journal, _b, [_b]).Count);
            Assert.Equal(50, Numbers(root, journal, null, []).Count);
        }
        finally
        {
            Directory.Move(Path.Combine(root, journal.ToString("N")), task.Directory);
        }
    }

    [Fact]
    public void Without_what_is_remembered_a_task_with_an_index_is_known_to_have_had_a_filter()
    {
        using var task = new FilteredTask(_a);
        Print(task, 50);
        Assert.Equal(25, task.Read().Count);
        var root = Path.GetDirectoryName(task.Directory)!;
        var journal = Guid.NewGuid();
        Directory.Move(task.Directory, Path.Combine(root, journal.ToString("N")));
        try
        {
            Assert.Equal(25, Numbers(root, journal, _a, [_a]).Count);
            File.Delete(Path.Combine(root, "output-filters"));
            Assert.Equal(25, Numbers(root, journal, _a, [_a]).Count);
            foreach (var file in Directory.GetFiles(Path.Combine(root, journal.ToString("N")), "*.seq")) File.Delete(file);
            Assert.Equal(25, Numbers(root, journal, _a, [_a]).Count);
        }
        finally
        {
            Directory.Move(Path.Combine(root, journal.ToString("N")), task.Directory);
        }
    }

    private static string Line(int i) => i % 2 == 0 ? $"a {i}" : $"b {i}";

    private static void Print(FilteredTask task, int lines)
    {
        for (var i = 0; i < lines; i++) task.Print(Line(i));
    }

    private static List<SeenEvent> Numbers(string root, Guid journal, WordFilter? filter, WordFilter[] known)
    {
        var filters = new OutputFilters(known.Select(one => KeyValuePair.Create("act", (IOutputFilter)one)));
        var registry = new StreamRegistry(root, new StreamOptions(), filters);
        registry.Restore("t", journal, Array.Empty<RunRecord>(), "act");
        registry.RememberFilters();
        Assert.Equal(OutputFilters.FingerprintOf(filter), registry.Find("t")!.Numbering!.Fingerprint);
        using var job = ReplayJob.Open(registry.Find("t")!, new ReplayRequest(1, Limit: null, Since: null));
        var seen = new List<SeenEvent>();
        while (job.TryTake(out var slice)) seen.AddRange(SeenEvent.Read(slice));
        return seen;
    }
}
