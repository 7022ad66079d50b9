using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Overseer.Configuration;
using Overseer.EventLog;
using Overseer.Recorder.Journal;
using Overseer.Streams;

namespace Overseer.Server.Tests.EventLog;

/// <summary>A batch and the places behind it are one thing, wherever between its steps the process dies.</summary>
public sealed class LogWriterTests : IDisposable
{
    private const string Before = "{\"before\":1}\n{\"before\":2}\n";
    private const string Lines = "{\"line\":1}\n{\"line\":2}\n{\"line\":3}\n";
    private static readonly Guid Journal = Guid.NewGuid();
    private readonly string _directory = Directory.CreateTempSubdirectory("overseer-log-").FullName;

    private string Log => Path.Combine(_directory, "events.jsonl");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Wherever_it_dies_in_the_write_the_next_one_adds_what_is_missing()
    {
        for (var there = 0; there <= Lines.Length; there++)
        {
            BeginAnew();
            Die(there);
            Assert.Equal(Before + Lines, Next(out var place));
            Assert.Equal((9, 77), (place.NextLine, place.Heard));
        }
    }

    [Fact]
    public void A_batch_that_was_finished_is_not_looked_for_again()
    {
        BeginAnew();
        using (var parts = new Parts(Log, _directory))
        {
            Assert.Null(parts.Writer.TryWrite(Batch(), 77));
        }

        // Moved, packed, deleted: whatever became of it.
        File.Delete(Log);
        Assert.Equal("", Next(out var place));
        Assert.Equal(9, place.NextLine);
    }

    [Fact]
    public void A_note_that_is_half_there_means_that_nothing_was_written()
    {
        BeginAnew();
        Die(0);
        foreach (var intent in Directory.GetFiles(_directory, "intent-*"))
        {
            using var file = File.OpenWrite(intent);
            file.Position = 60;
            file.Write("torn"u8);
        }

        Assert.Equal(Before, Next(out var place));
        Assert.Equal(5, place.NextLine);
    }

    [Fact]
    public void What_was_moved_away_meanwhile_is_completed_where_it_is()
    {
        for (var there = 0; there <= Lines.Length; there++)
        {
            BeginAnew();
            Die(there);
            File.Move(Log, Log + ".1");
            Assert.Equal(there == 0 ? Lines : "", Next(out var place));
            Assert.Equal(there == 0 ? Before : Before + Lines, File.ReadAllText(Log + ".1"));
            Assert.Equal(9, place.NextLine);
        }
    }

    [Fact]
    public void When_the_file_is_gone_what_may_have_been_in_it_is_written_again()
    {
        BeginAnew();
        Die(5);
        File.Delete(Log);
        Assert.Equal(Lines, Next(out _));
    }

    [Fact]
    public void A_file_that_was_cut_meanwhile_gets_the_whole_batch()
    {
        BeginAnew();
        Die(5);
        File.WriteAllText(Log, "");
        Assert.Equal(Lines, Next(out _));
    }

    [Fact]
    public void Places_survive_and_slots_are_used_again()
    {
        BeginAnew();
        using (var parts = new Parts(Log, _directory))
        {
            Assert.False(parts.Places.IsNew);
            parts.Places.Free(Assert.Single(parts.Found).Slot);
            Assert.Equal(1, parts.Places.Take());
            Assert.Equal(2, parts.Places.Take());
            parts.Places.Put(new LogPlace { Slot = 2, TaskId = new string('ü', 128), Journal = Journal, Position = new JournalPosition(1, 2, 3), NextLine = 4, NextSeq = 3, Heard = 5, Mark = new LogMark(ControlKind.Exited, 6) });
        }

        using var next = new Parts(Log, _directory);
        var place = Assert.Single(next.Found);
        Assert.Equal((2, new string('ü', 128), Journal, new JournalPosition(1, 2, 3), 4, 3, 5, new LogMark(ControlKind.Exited, 6)), (place.Slot, place.TaskId, place.Journal, place.Position, place.NextLine, place.NextSeq, place.Heard, place.Mark));
        Assert.Equal(1, next.Places.Take());
        Assert.Equal(3, next.Places.Take());
    }

    [Fact]
    public void A_damaged_slot_is_free_and_damaged_places_are_none()
    {
        BeginAnew();
        Damage(512 + 100);
        using (var parts = new Parts(Log, _directory))
        {
            Assert.False(parts.Places.IsNew);
            Assert.Empty(parts.Found);
            Assert.Equal(1, parts.Places.Take());
        }

        Damage(20);
        using var none = new Parts(Log, _directory);
        Assert.True(none.Places.IsNew);
    }

    private void Damage(long at)
    {
        using var file = File.OpenWrite(Path.Combine(_directory, "places"));
        file.Position = at;
        file.WriteByte(0xEE);
    }

    /// <summary>A log with something in it, and a task at line 5.</summary>
    private void BeginAnew()
    {
        foreach (var file in Directory.GetFiles(_directory))
        {
            File.Delete(file);
        }

        File.WriteAllText(Log, Before);
        using var parts = new Parts(Log, _directory);
        Assert.True(parts.Places.IsNew);
        Assert.Null(parts.Writer.Recover());
        Assert.Equal(1, parts.Places.Take());
        parts.Places.Put(Task(5, 7).ToPlace());
        parts.Places.Finish(0, 0);
    }

    /// <summary>Notes the batch, writes that many bytes of it, and dies.</summary>
    private void Die(int there)
    {
        using var parts = new Parts(Log, _directory);
        var batch = Batch();
        parts.Intent.Note(new LogBatchNote(parts.Places.Batch + 1, parts.File.Inode, parts.File.Length, [.. batch.Tasks.Select(task => task.ToPlace())], batch.Lines.WrittenMemory));
        parts.File.Append(batch.Lines.WrittenSpan[..there]);
    }

    /// <summary>What is in the log after the next server has taken up what there is.</summary>
    private string Next(out LogPlace place)
    {
        using (var parts = new Parts(Log, _directory))
        {
            if (parts.Writer.Recover() is { Lines.IsEmpty: false } unfinished)
            {
                var batch = Batch();
                batch.Lines.ResetWrittenCount();
                unfinished.Lines.Span.CopyTo(batch.Lines.GetSpan(unfinished.Lines.Length));
                batch.Lines.Advance(unfinished.Lines.Length);
                Assert.Null(parts.Writer.TryWrite(batch, 77));
            }

            Assert.Null(parts.Writer.Recover());
        }

        using var after = new Parts(Log, _directory);
        place = Assert.Single(after.Found);
        return File.ReadAllText(Log);
    }

    private static LogBatch Batch()
    {
        var batch = new LogBatch();
        batch.Touch(Task(9, 77));
        Encoding.UTF8.GetBytes(Lines, batch.Lines.GetSpan(Lines.Length));
        batch.Lines.Advance(Lines.Length);
        return batch;
    }

    private static LoggedTask Task(long nextLine, long heard) =>
        new("t", 1, static _ => { }) { Place = new StreamPlace("/journals/" + Journal.ToString("N"), new JournalPosition(1, nextLine * 100, 0), nextLine, nextLine - 1), Heard = heard };

    private sealed class Parts : IDisposable
    {
        public Parts(string log, string directory)
        {
            File = LogFile.Open(new EventLogOptions { Path = log });
            Intent = new LogIntent(directory);
            (Places, Found) = LogPlaces.Open(Path.Combine(directory, "places"));
            Writer = new LogWriter(File, Intent, Places, NullLogger.Instance);
        }

        public LogFile File { get; }

        public LogIntent Intent { get; }

        public LogPlaces Places { get; }

        public List<LogPlace> Found { get; }

        public LogWriter Writer { get; }

        public void Dispose() => Writer.Dispose();
    }
}
