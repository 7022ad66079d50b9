using System.Text;
using Overseer.Core.Drivers;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Tests.Journal;
using Overseer.Server.Tests.Harness;
using Overseer.Streams;
using Overseer.Streams.SeqIndex;

namespace Overseer.Server.Tests.Streaming.Filtering;

/// <summary>Much has to be numbered before somebody can be served: nobody else waits for it.</summary>
public sealed class CatchUpTests : IDisposable
{
    private const int Lines = 2000;
    private readonly TempDirectory _place = new();
    private readonly JournalBuffer _buffer = new();
    private readonly GateFilter _gate = new();
    private readonly CatchUpLane _lane = new();

    public void Dispose()
    {
        _gate.Dispose();
        _buffer.Dispose();
        _place.Dispose();
    }

    [Fact]
    public async Task A_live_subscriber_joins_at_once_and_is_served_when_the_lines_before_are_numbered()
    {
        using var slow = Task("slow", _gate);
        var inbox = new FilteredTask.Inbox();
        var (cursor, _, _) = slow.Stream.Join(inbox, fromSeq: null);
        _gate.Asked();
        slow.Print("new");
        Assert.False(slow.Stream.TryTake(cursor, out _));
        var second = slow.Stream.Join(inbox, fromSeq: null).Cursor;
        Assert.False(slow.Stream.TryTake(second, out _));
        var numbered = slow.Stream.NumberAsync();
        Assert.False(numbered.IsCompleted);

        // The engine's thread starts the task again, with another filter: it waits for nothing either.
        slow.Stream.Bind(slow.Directory, default, filter: null);
        slow.Print("newer");

        _gate.Open();
        await numbered.WaitAsync(WireClient.Deadline, TestContext.Current.CancellationToken);
        using (var reader = new FilteredReader(slow.Stream, cursor, inbox, static () => false) { First = 0, Next = 0 })
        {
            Assert.Equal([SeenEvent.Line(Lines + 1, "new"), SeenEvent.Line(Lines + 2, "newer")], reader.Read());
        }

        slow.Stream.Part(second);
        TaskStream.Retire(second);
    }

    [Fact]
    public async Task A_task_with_little_to_number_does_not_wait_for_one_with_much()
    {
        using var slow = Task("slow", _gate);
        var before = slow.Stream.NumberAsync();
        _gate.Asked();
        using var plain = Task("plain", filter: null);
        var inbox = new FilteredTask.Inbox();
        using (var reader = Read(plain, inbox))
        {
            Assert.Equal(Lines, reader.Read().Count);
        }

        Assert.False(before.IsCompleted);
        _gate.Open();
        var quick = Task("quick", new WordFilter("1"));
        await quick.Stream.NumberAsync().WaitAsync(WireClient.Deadline, TestContext.Current.CancellationToken);
        await before.WaitAsync(WireClient.Deadline, TestContext.Current.CancellationToken);
        quick.Dispose();
    }

    [Fact]
    public async Task A_journal_that_cannot_be_read_is_said_to_who_asks_and_may_be_tried_again()
    {
        using var task = Task("t", new WordFilter("1"));
        task.Writer.Dispose();
        var segment = Directory.GetFiles(task.Directory, "*.seg")[0];
        var content = await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(segment, new byte[100], TestContext.Current.CancellationToken);
        await task.Stream.NumberAsync().WaitAsync(WireClient.Deadline, TestContext.Current.CancellationToken);
        var inbox = new FilteredTask.Inbox();
        Assert.ThrowsAny<IOException>(() => task.Stream.Join(inbox, fromSeq: 1));
        await File.WriteAllBytesAsync(segment, content, TestContext.Current.CancellationToken);
        using var reader = Read(task, inbox);
        Assert.Equal(Enumerable.Range(0, Lines).Count(i => $"line {i}".Contains('1', StringComparison.Ordinal)), reader.Read().Count);
    }

    private static FilteredReader Read(Printed task, FilteredTask.Inbox inbox)
    {
        var (cursor, first, next) = task.Stream.Join(inbox, fromSeq: 1);
        return new FilteredReader(task.Stream, cursor, inbox, static () => false) { First = first, Next = next };
    }

    private Printed Task(string name, IOutputFilter? filter)
    {
        var directory = Path.Combine(_place.Path, name);
        var filters = new OutputFilters(filter is null ? [] : [KeyValuePair.Create("a", filter)]);
        var task = new Printed(directory, JournalWriter.Open(directory, new JournalOptions(), _buffer), new TaskStream(name, new StreamOptions(), new FrameBudget(1 << 24), filters, _lane));
        task.Stream.Bind(directory, default, filter);
        for (var i = 0; i < Lines; i++) task.Print($"line {i}");
        return task;
    }

    private sealed record Printed(string Directory, JournalWriter Writer, TaskStream Stream) : IDisposable
    {
        public void Print(string line)
        {
            Writer.Append(OutputStream.Stdout, 7, 1, Writer.End.NextLine, Encoding.UTF8.GetBytes(line + "\n"));
            Stream.Announce(Writer.End);
        }

        public void Dispose() => Writer.Dispose();
    }
}
