using Overseer.Recorder.Journal;

namespace Overseer.Recorder.Tests.Journal;

public sealed class JournalModelTests
{
    [Fact]
    public void Reading_from_the_start_gives_what_the_model_says() => Scripts.Check(script =>
    {
        using var place = new TempDirectory();
        var end = script.Write(place.Journal);
        var expected = Model.Of(script);
        Assert.Equal(expected, Seen.All(place.Journal, end).Select(s => s.Entry));
        Assert.Equal(expected.Count(s => s.Kind == EntryKind.Line) + 1, end.NextLine);
        return true;
    });

    [Fact]
    public void Positions_grow_with_every_entry() => Scripts.Check(script =>
    {
        using var place = new TempDirectory();
        var end = script.Write(place.Journal);
        var previous = default(JournalPosition);
        foreach (var (_, after) in Seen.All(place.Journal, end))
        {
            Assert.True(previous < after, $"{previous} then {after}");
            previous = after;
        }

        return previous <= new JournalPosition(end.Segment, end.Offset, 0);
    });

    [Fact]
    public void Seeking_any_line_gives_the_same_entries_and_positions_as_reading_from_the_start() => Scripts.Check(script =>
    {
        using var place = new TempDirectory();
        var end = script.Write(place.Journal);
        var all = Seen.All(place.Journal, end);
        using var reader = JournalReader.Open(place.Journal);
        for (var line = 1; line <= end.NextLine; line++)
        {
            Assert.Equal(line, reader.Seek(line, end));
            Assert.Equal(line, reader.NextLine);
            var before = all.FindIndex(s => s.Entry.Kind == EntryKind.Line && s.Entry.Line == line - 1);
            Assert.Equal(before < 0 ? new JournalPosition(1, 64, 0) : all[before].After, reader.Position);
            Assert.Equal(all[(before + 1)..], Seen.Rest(reader, end));
        }

        reader.SeekEnd(end);
        Assert.Equal(all.Count > 0 ? all[^1].After : new JournalPosition(1, 64, 0), reader.Position);
        return true;
    }, tests: 150);

    [Fact]
    public void Readers_that_follow_a_writer_see_the_same_entries_at_the_same_positions() => Scripts.Check((script, seed) =>
    {
        using var place = new TempDirectory();
        var random = new Random(seed);
        var readers = new List<(JournalReader Reader, List<(Seen, JournalPosition)> Seen, JournalPosition From)>();
        var end = script.Write(place.Journal, now =>
        {
            if (readers.Count < 5 && random.Next(3) == 0)
            {
                var reader = JournalReader.Open(place.Journal);
                if (random.Next(2) == 0)
                {
                    reader.SeekEnd(now);
                }
                else
                {
                    reader.Seek(random.NextInt64(1, now.NextLine + 1), now);
                }

                readers.Add((reader, [], reader.Position));
            }

            foreach (var (reader, seen, _) in readers)
            {
                var count = random.Next(4) == 0 ? int.MaxValue : random.Next(8);
                while (count-- > 0 && reader.TryRead(now, out var entry))
                {
                    seen.Add((Seen.Of(entry), reader.Position));
                }

                if (random.Next(3) == 0)
                {
                    reader.Park();
                }
            }
        });

        var all = Seen.All(place.Journal, end);
        foreach (var (reader, seen, from) in readers)
        {
            seen.AddRange(Seen.Rest(reader, end));
            Assert.Equal(all.Where(s => s.After > from), seen);
            reader.Dispose();
        }

        return true;
    });
}
