using Microsoft.Extensions.Logging.Abstractions;
using Overseer.Core.Tasks;
using Overseer.EventLog;

namespace Overseer.Server.Tests.EventLog;

/// <summary>The engine's events are kept in order, over files and deaths, and only those that were stored count.</summary>
public sealed class ControlSpoolTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("overseer-spool-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Events_are_read_once_they_are_released_and_in_order()
    {
        using var spool = Open();
        using var reader = new ControlReader(spool, 0);
        Assert.False(spool.Release());
        spool.Append([Dequeued("a"), new Effect.RecoveryComplete(), Dequeued("b")]);
        Assert.False(reader.TryRead(out _));
        Assert.True(spool.Release());
        Assert.Equal(["a", "b"], Read(reader));
        spool.Append([new Effect.RecoveryComplete()]);
        Assert.False(spool.Release());
        spool.Append([Dequeued("c")]);
        Assert.True(spool.Release());
        Assert.Equal(["c"], Read(reader));
    }

    [Fact]
    public void They_go_on_over_files_which_are_deleted_when_nobody_needs_them()
    {
        const int Count = 30_000;
        var places = new List<long>();
        using (var spool = Open())
        {
            for (var i = 0; i < Count; i++)
            {
                spool.Append([Dequeued($"t{i}")]);
                spool.Release();
            }

            Assert.InRange(Directory.GetFiles(_directory).Length, 3, 10);
            using var reader = new ControlReader(spool, 0);
            for (var i = 0; i < Count; i++)
            {
                places.Add(reader.Place);
                Assert.True(reader.TryRead(out var record));
                Assert.Equal($"t{i}", record.TaskId);
            }

            Assert.False(reader.TryRead(out _));
        }

        using var next = Open();
        using (var reader = new ControlReader(next, places[Count / 2]))
        {
            Assert.Equal(Enumerable.Range(Count / 2, Count / 2).Select(i => $"t{i}"), Read(reader));
        }

        next.DropBefore(places[Count - 1]);
        Assert.Single(Directory.GetFiles(_directory));
        using (var reader = new ControlReader(next, places[Count - 1]))
        {
            Assert.Equal([$"t{Count - 1}"], Read(reader));
        }

        next.Append([Dequeued("more")]);
        next.Release();
        using var last = new ControlReader(next, places[Count - 1]);
        Assert.Equal([$"t{Count - 1}", "more"], Read(last));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(30)]
    [InlineData(100)]
    public void What_was_half_written_at_a_death_is_cut_off(int bytes)
    {
        long whole;
        using (var spool = Open())
        {
            spool.Append([Dequeued("a")]);
            spool.Release();
            whole = spool.Released;
            spool.Append([Dequeued("torn")]);
        }

        var file = Assert.Single(Directory.GetFiles(_directory));
        using (var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Write))
        {
            RandomAccess.SetLength(handle, whole + bytes);
        }

        using var next = Open();
        Assert.Equal(whole, next.Released);
        next.Append([Dequeued("b")]);
        next.Release();
        using var reader = new ControlReader(next, 0);
        Assert.Equal(["a", "b"], Read(reader));
    }

    [Fact]
    public void A_batch_that_was_never_stored_does_not_count_now_or_later()
    {
        using (var spool = Open())
        {
            spool.Append([Dequeued("stored")]);
            spool.Release();
            spool.Append([Dequeued("lost1"), Dequeued("lost2")]);
        }

        var asked = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            using var next = ControlSpool.Open(_directory, long.MaxValue, Never, NullLogger.Instance);
            using var reader = new ControlReader(next, 0);
            Assert.Equal(["stored"], Read(reader));
        }

        Assert.Equal(["lost1", "lost2"], asked);
        using (var again = Open())
        {
            again.Append([Dequeued("after")]);
            again.Release();
            using var reader = new ControlReader(again, 0);
            Assert.Equal(["stored", "after"], Read(reader));
        }

        bool Never(IReadOnlyList<ControlRecord> batch)
        {
            asked.AddRange(batch.Select(record => record.TaskId));
            return false;
        }
    }

    [Fact]
    public void Above_its_bound_nothing_more_is_kept_until_there_is_room()
    {
        using var spool = ControlSpool.Open(_directory, 3 << 20, static _ => true, NullLogger.Instance);
        using var reader = new ControlReader(spool, 0);
        var big = new string('x', 200);
        for (var i = 0; i < 20_000; i++)
        {
            spool.Append([Dequeued(big)]);
            spool.Release();
        }

        Assert.InRange(spool.Released, (3 << 20) - 1000, 3 << 20);
        var kept = Read(reader).Count;
        Assert.InRange(kept, 5000, 19_000);
        spool.DropBefore(reader.Place);
        spool.Append([Dequeued("again")]);
        spool.Release();
        Assert.Equal(["again"], Read(reader));
    }

    [Fact]
    public void Damage_before_the_last_file_costs_what_is_kept_and_nothing_after_it()
    {
        long end;
        using (var spool = Open())
        {
            for (var i = 0; i < 20_000; i++)
            {
                spool.Append([Dequeued($"t{i}")]);
                spool.Release();
            }

            end = spool.Released;
        }

        using (var file = File.OpenWrite(Directory.GetFiles(_directory).Order(StringComparer.Ordinal).First()))
        {
            file.Position = 5000;
            file.Write(new byte[100]);
        }

        using var next = Open();
        Assert.Equal(end, next.Released);
        next.Append([Dequeued("on")]);
        next.Release();
        using var reader = new ControlReader(next, 0);
        Assert.Equal(["on"], Read(reader));
    }

    private static List<string> Read(ControlReader reader)
    {
        var ids = new List<string>();
        while (reader.TryRead(out var record))
        {
            if (record.Counts)
            {
                ids.Add(record.TaskId);
            }
        }

        return ids;
    }

    private static Effect.Publish Dequeued(string taskId) => new(new TaskDequeued(taskId, "a", DequeueReason.Stopped, DateTimeOffset.UnixEpoch));

    private ControlSpool Open() => ControlSpool.Open(_directory, long.MaxValue, static _ => true, NullLogger.Instance);
}
