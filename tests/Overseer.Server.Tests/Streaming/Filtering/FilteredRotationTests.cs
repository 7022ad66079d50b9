using Overseer.Recorder.Journal;

namespace Overseer.Server.Tests.Streaming.Filtering;

/// <summary>The oldest history of a filtered task is deleted: what is left keeps its numbers.</summary>
public sealed class FilteredRotationTests
{
    private readonly WordFilter _filter = new("yes");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_left_keeps_its_numbers(bool watched)
    {
        using var task = Printed(2000);
        if (watched) task.Read();
        for (var i = 0; i < 3; i++) Assert.True(task.DeleteOldest());
        Check(task);
        task.Restart();
        Check(task);
        Assert.Equal(JournalDirectory.Segments(task.Directory).Count, task.IndexFiles.Length);
    }

    [Fact]
    public void Nobody_counts_what_is_deleted_in_a_hurry_but_numbers_are_not_given_twice()
    {
        using var task = Printed(2000);
        var segments = JournalDirectory.Segments(task.Directory);
        Assert.True(task.DeleteOldest(count: false));
        Assert.Empty(_filter.Looks);
        var seen = task.Read();
        Assert.Equal(SeenEvent.Gap(1, segments[1].FirstLine - 1), seen[0]);
        Assert.Equal(segments[1].FirstLine, seen[1].Seq);
        Assert.Equal(task.All.Select(line => line.Text), seen.Skip(1).Select(line => line.Text));
        Assert.Equal(Enumerable.Range((int)seen[1].Seq, seen.Count - 1).Select(seq => (long)seq), seen.Skip(1).Select(line => line.Seq));
        task.Restart();
        Assert.Equal(seen, task.Read());
    }

    [Fact]
    public void Who_can_number_lines_no_more_is_told_of_a_gap_though_another_reader_has_just_made_frames_of_them()
    {
        using var task = new FilteredTask(_filter, segmentBytes: 20_000);
        using var first = task.Join(1);
        for (var i = 0; JournalDirectory.Segments(task.Directory).Count < 2; i++) task.Print($"{(i % 3 == 0 ? "yes" : "no")} {i}");

        // So near the end that frames of what follows are still shared, and some of them of lines that are deleted.
        var from = task.NextSeq - 25;
        using var late = task.Join(from);
        task.Print("yes");
        var all = task.All;
        var seen = first.Read(slices: 1);
        Assert.True(task.DeleteOldest());

        // It has its index open still.
        seen.AddRange(first.Read());
        Assert.Equal(all, seen);

        // What frames there still are of deleted lines may come; what does not is named.
        var got = late.Read();
        Assert.Equal(SeenEvent.Gap(from, got[1].Seq - 1), got[0]);
        Assert.Equal(all.Where(line => line.Seq >= got[1].Seq), got.Skip(1));
    }

    [Fact]
    public void Lines_that_are_gone_are_told_of_before_an_exit_when_no_line_follows()
    {
        using var task = new FilteredTask(_filter, segmentBytes: 500);
        for (var i = 0; i < 4; i++) task.Print($"yes {i}");
        using var late = task.Join(2);
        while (JournalDirectory.Segments(task.Directory).Count < 2) task.Exit();
        task.Exit();

        Assert.True(task.DeleteOldest());
        Assert.DoesNotContain(task.All, seen => seen.Type != "exited");

        var seen = late.Read();
        Assert.Equal(SeenEvent.Gap(2, 4), seen[0]);
        Assert.All(seen.Skip(1), one => Assert.Equal(SeenEvent.Exit, one));
    }

    [Fact]
    public void The_index_of_what_is_left_is_made_again_with_the_same_numbers()
    {
        using var task = Printed(2000);
        task.Read();
        Assert.True(task.DeleteOldest());
        Assert.True(task.DeleteOldest());
        var count = task.IndexFiles.Length;
        for (var i = 0; i < count; i++)
        {
            File.Delete(task.IndexFiles[i]);
            task.Restart();
            Check(task);
            Assert.Equal(count, task.IndexFiles.Length);
        }
    }

    [Fact]
    public void Without_any_index_what_is_left_gets_numbers_that_nothing_had()
    {
        using var task = Printed(2000);
        var last = task.Read()[^1].Seq;
        Assert.True(task.DeleteOldest());
        var oldest = JournalDirectory.Segments(task.Directory)[0].FirstLine;
        foreach (var file in task.IndexFiles) File.Delete(file);
        task.Restart();
        var seen = task.Read();
        Assert.Equal(SeenEvent.Gap(1, oldest - 1), seen[0]);
        Assert.Equal(oldest, seen[1].Seq);
        Assert.Equal(task.All.Select(line => line.Text), seen.Skip(1).Select(line => line.Text));
        Assert.True(last > 0);
    }

    [Fact]
    public void Who_is_in_the_middle_of_what_is_deleted_is_told_what_he_missed()
    {
        using var task = Printed(3000);
        using var slow = task.Join(1);
        var seen = slow.Read(2);
        task.Read();
        for (var i = 0; i < 6; i++) Assert.True(task.DeleteOldest());
        seen.AddRange(slow.Read());
        var next = 1L;
        foreach (var line in seen)
        {
            Assert.True(next == line.Seq, string.Join('\n', seen.Take(25)) + $"\n first {task.All[0]}");
            next = line.Type == "gap" ? long.Parse(line.Text, System.Globalization.CultureInfo.InvariantCulture) + 1 : next + 1;
        }

        Assert.Equal(task.NextSeq, next);
        Assert.Equal(task.All.TakeLast(100), seen.TakeLast(100));
    }

    private static void Check(FilteredTask task)
    {
        var first = task.All[0].Seq;
        Assert.True(first > 1);
        Assert.Equal([SeenEvent.Gap(1, first - 1), .. task.All], task.Read());
        Assert.Equal([SeenEvent.Gap(1, first - 1), .. task.All], task.Replay(1, null));
        Assert.Equal(task.All, task.Read(first));
        Assert.Equal(task.From(first + 20), task.Read(first + 20));
    }

    private FilteredTask Printed(int lines)
    {
        var task = new FilteredTask(_filter, segmentBytes: 8 * 1024);
        for (var i = 0; i < lines; i++) task.Print(i % 4 == 1 ? $"yes {i}" : $"no {i}");
        return task;
    }
}
