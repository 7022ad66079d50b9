using Microsoft.Extensions.Logging.Abstractions;
using Overseer.Recorder.Journal;
using Overseer.Retention;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Retention;

public sealed class JournalRetentionTests : IDisposable
{
    private readonly SampleJournals _journals = new();

    public void Dispose() => _journals.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_task_keeps_its_newest_lines(bool newServer)
    {
        var task = _journals.Running(1000);
        var small = _journals.Running(10);
        if (newServer) _journals.ForgetEnds();
        var retention = Retention(taskBytes: 20_000);
        retention.Look();
        Assert.InRange(_journals.Bytes(task), 20_000 - 5_000, 20_000);
        var first = _journals.Segments(task)[0];
        Assert.True(first > 1);
        Assert.Equal([1], _journals.Segments(small));
        Assert.Equal(_journals.Bytes(task) + _journals.Bytes(small), retention.Bytes);
        Assert.Equal(Enumerable.Range((int)first, 1001 - (int)first).Select(line => (long)line), Lines(task));
        Assert.Equal(_journals.Segments(task).Count, Directory.GetFiles(_journals.DirectoryOf(task), "*.idx").Length);

        _journals.Print(task, 500);
        retention.Look();
        Assert.InRange(_journals.Bytes(task), 20_000 - 5_000, 20_000);
        Assert.Equal(1500, Lines(task)[^1]);
    }

    [Fact]
    public void Of_all_tasks_the_one_that_ended_longest_ago_goes_first_and_running_ones_last()
    {
        var running = _journals.Running(200);
        var second = _journals.Ended(200, minute: 2);
        var first = _journals.Ended(200, minute: 1);
        var third = _journals.Ended(200, minute: 3);
        var all = _journals.Bytes(running) + _journals.Bytes(second) + _journals.Bytes(first) + _journals.Bytes(third);
        var whole = _journals.Bytes(third);

        Retention(totalBytes: all - 5_000).Look();
        Assert.True(_journals.Bytes(first) < whole);
        Assert.Equal((whole, whole, whole), (_journals.Bytes(second), _journals.Bytes(third), _journals.Bytes(running)));

        Retention(totalBytes: all - whole - 2_000).Look();
        Assert.InRange(_journals.Bytes(first), 0, 200);
        Assert.True(_journals.Bytes(second) < whole);
        Assert.Equal((whole, whole), (_journals.Bytes(third), _journals.Bytes(running)));

        Retention(totalBytes: 10_000).Look();
        Assert.InRange(_journals.Bytes(running), 4_000, 10_000);
        Assert.All([first, second, third], ended => Assert.InRange(_journals.Bytes(ended), 0, 200));
        Assert.Equal(200, Lines(running)[^1]);
    }

    [Fact]
    public void Running_tasks_lose_what_is_oldest()
    {
        var old = _journals.Running(100);
        var young = _journals.Running(100);
        foreach (var segment in JournalDirectory.Segments(_journals.DirectoryOf(old))) File.SetLastWriteTimeUtc(segment.Path, DateTime.UnixEpoch);
        var all = _journals.Bytes(old) + _journals.Bytes(young);
        Retention(totalBytes: all - 100).Look();
        Assert.True(_journals.Segments(old)[0] > 1);
        Assert.Equal(1, _journals.Segments(young)[0]);
    }

    [Fact]
    public void A_task_that_lost_all_its_lines_goes_on_with_the_next_number_when_it_is_started_again()
    {
        var task = _journals.Ended(50, minute: 1);
        var retention = Retention(totalBytes: 0);
        retention.Look();
        Assert.Equal([51], _journals.Segments(task));
        Assert.Equal(51, _journals.EndOf(task).NextLine);
        Assert.Empty(Lines(task));
        retention.Look();
        Assert.Equal([51], _journals.Segments(task));

        _journals.Restart(task);
        _journals.Print(task, 3);
        Assert.Equal([51, 52, 53], Lines(task));
    }

    [Fact]
    public void A_journal_that_the_recorder_still_has_is_let_go_first()
    {
        var task = _journals.Running(50);
        _journals.End(task, 1);
        var retention = Retention(totalBytes: 0);
        retention.Look();
        Assert.Equal([task], _journals.AskedToClose);
        Assert.NotEmpty(Lines(task));
        retention.Look();
        Assert.Empty(Lines(task));
    }

    [Fact]
    public void Journals_without_a_task_are_deleted_but_for_those_that_are_written()
    {
        var known = _journals.Ended(10, minute: 1);
        var written = _journals.Running(10);
        var gone = _journals.Ended(10, minute: 2);
        var empty = Path.Join(_journals.Root, Guid.NewGuid().ToString("N"));
        var foreign = Path.Join(_journals.Root, "notes");
        Directory.CreateDirectory(empty);
        Directory.CreateDirectory(foreign);
        _journals.Forget(gone);
        _journals.Forget(written);
        Assert.Equal(2, Retention().DeleteUnowned());
        Assert.Equal(
            new[] { _journals.DirectoryOf(known), _journals.DirectoryOf(written), foreign }.Order(StringComparer.Ordinal),
            Directory.GetDirectories(_journals.Root).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_reader_in_a_segment_that_is_deleted_reads_it_to_its_end_and_is_told_what_is_missing()
    {
        var task = _journals.Running(200);
        using var reader = JournalReader.Open(_journals.DirectoryOf(task));
        Assert.True(reader.TryRead(_journals.EndOf(task), out _));
        var ends = _journals.Segments(task);
        Retention(taskBytes: 5_000).Look();
        var left = _journals.Segments(task)[0];
        Assert.True(left > ends[2]);
        var lines = new List<long> { 1 };
        var gaps = new List<long>();
        while (reader.TryRead(_journals.EndOf(task), out var entry))
        {
            if (entry.Kind == EntryKind.Gap) gaps.Add(entry.Line);
            else lines.Add(entry.Line);
        }

        Assert.Equal([left], gaps);
        Assert.Equal([.. Range(1, ends[1]), .. Range(left, 201)], lines);
    }

    [Fact]
    public async Task A_new_segment_is_answered_without_waiting_for_the_interval()
    {
        var task = _journals.Running(10);
        var retention = Retention(taskBytes: 5_000);
        retention.Start();
        try
        {
            _journals.Print(task, 300);
            retention.SegmentBegan();
            using var deadline = new CancellationTokenSource(WireClient.Deadline);
            while (_journals.Bytes(task) > 10_000)
            {
                await Task.Delay(10, deadline.Token);
            }
        }
        finally
        {
            await retention.DisposeAsync();
        }
    }

    private static IEnumerable<long> Range(long from, long to) => Enumerable.Range((int)from, (int)(to - from)).Select(line => (long)line);

    private JournalRetention Retention(long taskBytes = long.MaxValue, long totalBytes = long.MaxValue) => new(
        _journals.Root,
        _journals,
        new RetentionOptions { TaskBytes = taskBytes, TotalBytes = totalBytes, Interval = TimeSpan.FromHours(1), Pause = TimeSpan.FromMilliseconds(1) },
        SampleJournals.Options,
        TimeProvider.System,
        NullLogger.Instance);

    private List<long> Lines(Guid task)
    {
        var lines = new List<long>();
        var end = JournalDirectory.FindEnd(_journals.DirectoryOf(task));
        using var reader = JournalReader.Open(_journals.DirectoryOf(task));
        while (reader.TryRead(end, out var entry))
        {
            Assert.Equal(EntryKind.Line, entry.Kind);
            lines.Add(entry.Line);
        }

        return lines;
    }
}
