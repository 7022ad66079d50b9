using Overseer.Recorder.Journal;

namespace Overseer.Recorder.Tests.Journal;

public sealed class JournalDamageTests
{
    [Fact]
    public void Any_truncation_leaves_every_earlier_entry_readable() => Scripts.Check((script, seed) =>
    {
        using var place = new TempDirectory();
        var end = script.Write(place.Journal);
        var all = Seen.All(place.Journal, end);
        var path = SegmentName.Of(place.Journal, end.Segment);
        var cut = new Random(seed).NextInt64(0, end.Offset + 1);
        using (var file = File.OpenWrite(path))
        {
            file.SetLength(cut);
        }

        // A line that an exit finishes needs the exit, a part of an over-long one the character that was too much.
        var earlier = all.TakeWhile(s => s.After <= new JournalPosition(end.Segment, cut - Needs(s), s.After.Step)).Select(s => s.Entry).ToList();
        if (Directory.GetFiles(place.Journal, "*.seg").Length > 1 || cut >= SegmentHeader.Size)
        {
            // Without a writer: whole chunks only.
            var cold = JournalDirectory.FindEnd(place.Journal);
            var coldSeen = Seen.All(place.Journal, cold).ConvertAll(s => s.Entry);
            Assert.Equal(all.Take(coldSeen.Count).Select(s => s.Entry), coldSeen);
        }

        // With one: everything that was in the file.
        var repaired = Reopen(place.Journal, script.Options);
        var seen = Seen.All(place.Journal, repaired);
        Assert.Equal(earlier, seen.Take(earlier.Count).Select(s => s.Entry));
        Assert.DoesNotContain(seen, s => s.Entry.Gap == GapReason.Damaged);
        return true;
    });

    [Fact]
    public void A_journal_goes_on_after_any_truncation() => Scripts.Check((script, seed) =>
    {
        using var place = new TempDirectory();
        var end = script.Write(place.Journal);
        using (var file = File.OpenWrite(SegmentName.Of(place.Journal, end.Segment)))
        {
            file.SetLength(new Random(seed).NextInt64(0, end.Offset + 1));
        }

        // The rest of the file is the model's whole truth: what is added must continue exactly there.
        var repaired = Reopen(place.Journal, script.Options);
        var before = Seen.All(place.Journal, repaired);
        using var scratch = new JournalBuffer();
        using var writer = JournalWriter.Open(place.Journal, script.Options, scratch);
        Assert.Equal(repaired, writer.End);
        writer.AppendExited(new ExitRecord(Guid.Empty, 1, 1, 0, 0, 0, 0, 0), 1);
        writer.AppendExited(new ExitRecord(Guid.Empty, 2, 2, 0, 0, 0, 0, 0), 2);
        writer.Append(OutputStream.Stdout, 1, 1, 3, "last\n"u8);
        var after = Seen.All(place.Journal, writer.End);
        Assert.Equal(before, after[..before.Count]);
        Assert.Equal(Convert.ToHexString("last"u8), after[^1].Entry.Data);
        Assert.Equal(writer.End.NextLine - 1, after[^1].Entry.Line);
        Assert.Equal(Enumerable.Range(1, (int)writer.End.NextLine - 1), after.Where(s => s.Entry.Kind == EntryKind.Line).Select(s => (int)s.Entry.Line));
        return true;
    });

    [Fact]
    public void Any_bit_flip_in_the_tail_leaves_every_earlier_entry_readable_and_says_so() => Scripts.Check((script, seed) =>
    {
        using var place = new TempDirectory();
        var end = script.Write(place.Journal);
        var all = Seen.All(place.Journal, end);
        if (end.Offset == SegmentHeader.Size)
        {
            return true;
        }

        var random = new Random(seed);
        var at = random.NextInt64(SegmentHeader.Size, end.Offset);
        var path = SegmentName.Of(place.Journal, end.Segment);
        var bytes = File.ReadAllBytes(path);
        bytes[at] ^= (byte)(1 << random.Next(8));
        File.WriteAllBytes(path, bytes);

        // What ended before the chunk that holds the bit.
        var chunk = ChunkPlaces(place.Journal, end.Segment, bytes.Length, at);
        var earlier = all.Where(s => s.After <= new JournalPosition(end.Segment, chunk, 0)).Select(s => s.Entry).ToList();
        foreach (var limit in new[] { end, JournalDirectory.FindEnd(place.Journal) })
        {
            var seen = Seen.All(place.Journal, limit);
            Assert.Equal(earlier, seen.Take(earlier.Count).Select(s => s.Entry));
            AssertNumbersGrow(seen);
            using var reader = JournalReader.Open(place.Journal);
            for (var line = 1; line <= limit.NextLine; line++)
            {
                reader.Seek(line, limit);
                AssertNumbersGrow(Seen.Rest(reader, limit));
            }
        }

        var warned = Seen.All(place.Journal, end);
        Assert.True(
            warned.Select(s => s.Entry).SequenceEqual(all.Select(s => s.Entry)) || warned.Exists(s => s.Entry.Gap == GapReason.Damaged),
            "a difference without a gap");
        var repaired = Reopen(place.Journal, script.Options);
        Assert.Equal(earlier, Seen.All(place.Journal, repaired).Take(earlier.Count).Select(s => s.Entry));
        return true;
    }, tests: 400);

    [Fact]
    public void A_wrong_index_is_advice_that_is_not_taken() => Scripts.Check((script, seed) =>
    {
        using var place = new TempDirectory();
        var end = script.Write(place.Journal);
        var all = Seen.All(place.Journal, end);
        var random = new Random(seed);
        foreach (var path in Directory.GetFiles(place.Journal, "*.idx"))
        {
            var bytes = File.ReadAllBytes(path);
            random.NextBytes(bytes.AsSpan(random.Next(bytes.Length + 1)));
            File.WriteAllBytes(path, bytes[..random.Next(bytes.Length + 1)]);
        }

        using var reader = JournalReader.Open(place.Journal);
        for (var line = end.NextLine; line > 0; line -= 1 + (end.NextLine / 20))
        {
            Assert.Equal(line, reader.Seek(line, end));
            var before = all.FindIndex(s => s.Entry.Kind == EntryKind.Line && s.Entry.Line == line - 1);
            Assert.Equal(all[(before + 1)..], Seen.Rest(reader, end));
        }

        Assert.Equal(end, JournalDirectory.FindEnd(place.Journal));
        return true;
    }, tests: 150);

    private static int Needs((Seen Entry, JournalPosition After) seen) =>
        seen.After.Step > 0 ? ChunkHeader.Size + ChunkPayload.ExitedSize : seen.Entry.Partial ? 4 : 0;

    private static void AssertNumbersGrow(List<(Seen Entry, JournalPosition After)> seen)
    {
        long line = 0;
        var position = default(JournalPosition);
        foreach (var (entry, after) in seen)
        {
            Assert.True(position < after);
            position = after;
            if (entry.Kind == EntryKind.Line)
            {
                Assert.True(entry.Line > line);
                line = entry.Line;
            }
        }
    }

    private static long ChunkPlaces(string directory, long firstLine, long size, long at)
    {
        using var segment = SegmentFile.OpenToRead(directory, firstLine);
        var scanner = new ChunkScanner(segment);
        long place = SegmentHeader.Size;
        while (scanner.Read(place, size, out var header) == ChunkState.Done)
        {
            var next = ChunkHeader.PlaceAfter(place + ChunkHeader.Size + header.Length);
            if (next > at)
            {
                return place;
            }

            place = next;
        }

        return place;
    }

    private static JournalEnd Reopen(string directory, JournalOptions options)
    {
        using var scratch = new JournalBuffer();
        using var writer = JournalWriter.Open(directory, options, scratch);
        return writer.End;
    }
}
