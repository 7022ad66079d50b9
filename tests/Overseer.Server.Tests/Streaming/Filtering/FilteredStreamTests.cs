using Overseer.Core.Drivers;
using Overseer.Recorder.Journal;
using Overseer.Streams;
using Overseer.Streams.SeqIndex;

namespace Overseer.Server.Tests.Streaming.Filtering;

/// <summary>What subscribers see of a task with an output filter, and how often its lines are looked at.</summary>
public sealed class FilteredStreamTests
{
    private readonly WordFilter _filter = new("yes");

    [Fact]
    public void A_subscriber_sees_only_what_passes_and_seq_counts_only_that()
    {
        using var task = new FilteredTask(_filter);
        using var reader = task.Join(null);
        task.Print("yes 1", "no", "yes 2");
        Assert.Equal([SeenEvent.Line(1, "yes 1"), SeenEvent.Line(2, "yes 2")], reader.Read());
        task.Print("no", "no");
        Assert.Empty(reader.Read());
        task.Print("yes 3");
        task.Exit();
        Assert.Equal([SeenEvent.Line(3, "yes 3"), SeenEvent.Exit], reader.Read());
    }

    [Fact]
    public void A_line_is_looked_at_once_however_many_look()
    {
        using var task = new FilteredTask(_filter);
        using var first = task.Join(null);
        using var second = task.Join(null);
        var seen = new List<SeenEvent>();
        for (var i = 0; i < 3000; i++)
        {
            task.Print(i % 3 == 0 ? $"yes {i}" : $"no {i}");
            if (i % 500 == 0) seen.AddRange(first.Read());
        }

        seen.AddRange(first.Read());
        Assert.Equal(1000, seen.Count);
        Assert.Equal(task.All, seen);
        Assert.Equal(task.All, second.Read());
        Assert.Equal(task.All, task.Read());
        Assert.Equal(task.All, task.Replay(1, null));
        Assert.Equal(3000, _filter.Looks.Count);
        Assert.All(_filter.Looks.Values, looks => Assert.Equal(1, looks));
    }

    [Fact]
    public void Nobody_looks_at_lines_while_nobody_watches()
    {
        using var task = new FilteredTask(_filter);
        for (var i = 0; i < 1000; i++) task.Print(i % 2 == 0 ? $"yes {i}" : $"no {i}");
        Assert.Empty(_filter.Looks);
        Assert.Empty(task.IndexFiles);
        Assert.Equal(task.All, task.Read());
        Assert.Equal(1000, _filter.Looks.Count);
        Assert.All(_filter.Looks.Values, looks => Assert.Equal(1, looks));
    }

    [Fact]
    public void Who_joins_behind_lines_that_nobody_saw_gets_the_right_numbers()
    {
        using var task = new FilteredTask(_filter);
        for (var i = 0; i < 5000; i++) task.Print(i % 5 == 0 ? $"yes {i}" : $"no {i}");
        using var live = task.Join(null);
        task.Print("no", "yes at last");
        Assert.Equal([SeenEvent.Line(1001, "yes at last")], live.Read());
    }

    [Fact]
    public void Resume_and_replay_begin_at_each_number()
    {
        using var task = new FilteredTask(_filter, segmentBytes: 4096);
        for (var i = 0; i < 700; i++)
        {
            task.Print(i % 7 is 0 or 3 or 4 ? $"yes {i}" : $"no {i}", i % 3 == 0 ? OutputStream.Stderr : OutputStream.Stdout);
            if (i % 100 == 60) task.Exit();
        }

        for (var seq = 1L; seq <= task.NextSeq; seq++)
        {
            var expected = task.From(seq);
            using var reader = task.Join(seq);
            Assert.Equal((seq, task.NextSeq), (reader.First, reader.Next));
            Assert.Equal(expected, reader.Read());
            Assert.Equal(expected, task.Replay(seq, null));
            Assert.Equal(expected.Take(5), task.Replay(seq, 5));
        }

        for (var last = 1; last <= task.All.Count + 1; last += 3) Assert.Equal(task.All.TakeLast(last), task.Replay(null, last));
    }

    [Fact]
    public void A_number_that_is_not_there_yet_means_what_comes_next()
    {
        using var task = new FilteredTask(_filter);
        task.Print("no", "yes 1", "no");
        using var reader = task.Join(100);
        Assert.Equal(2, reader.Next);
        Assert.Empty(reader.Read());
        task.Print("yes 2");
        Assert.Equal([SeenEvent.Line(2, "yes 2")], reader.Read());
    }

    [Fact]
    public void A_task_without_a_filter_has_no_index_and_its_numbers_are_its_lines()
    {
        using var task = new FilteredTask(filter: null, segmentBytes: 2048);
        using var reader = task.Join(null);
        for (var i = 1; i <= 300; i++) task.Print($"{i}");
        Assert.Equal(Enumerable.Range(1, 300).Select(i => SeenEvent.Line(i, $"{i}")), reader.Read());
        task.Restart();
        Assert.Equal(task.All, task.Read());
        Assert.Empty(task.IndexFiles);
        Assert.False(File.Exists(Path.Combine(task.Directory, "filters")));
    }

    [Fact]
    public void A_filter_that_shows_nothing_of_much_lets_others_have_their_turn()
    {
        using var task = new FilteredTask(_filter);
        var padding = new string('x', 4000);
        for (var i = 0; i < 1500; i++) task.Print($"no {i} {padding}");
        task.Print("yes");
        Assert.Equal([SeenEvent.Line(1, "yes")], task.Read());
        Assert.Equal([SeenEvent.Line(1, "yes")], task.Read());
        using var job = ReplayJob.Open(task.Stream, new ReplayRequest(1, Limit: null, Since: null));
        var turns = 0;
        var seen = new List<SeenEvent>();
        while (job.TryTake(out var slice))
        {
            turns++;
            seen.AddRange(SeenEvent.Read(slice));
        }

        Assert.Equal([SeenEvent.Line(1, "yes")], seen);
        Assert.True(turns > 4, $"{turns} turns");
    }

    [Fact]
    public void A_filter_that_throws_hides_the_line()
    {
        using var task = new FilteredTask(_filter);
        var thrower = new ThrowingFilter();
        var filters = new OutputFilters([KeyValuePair.Create("a", (IOutputFilter)thrower)]);
        var stream = new TaskStream("t", new StreamOptions(), new FrameBudget(1 << 20), filters);
        task.Print("first", "second");
        stream.Bind(task.Directory, default, thrower);
        stream.Announce(task.Stream.End);
        using var job = ReplayJob.Open(stream, new ReplayRequest(1, Limit: null, Since: null));
        var seen = new List<SeenEvent>();
        while (job.TryTake(out var slice)) seen.AddRange(SeenEvent.Read(slice));
        Assert.Equal([SeenEvent.Line(1, "second")], seen);
    }

    private sealed class ThrowingFilter : IOutputFilter
    {
        public ulong Fingerprint => 99;

        public bool Passes(bool stderr, ReadOnlyMemory<byte> line) => line.Span[0] == 'f' ? throw new InvalidOperationException("no") : true;
    }
}
