using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Tests.Journal;
using Overseer.Server.Tests.Harness;
using Overseer.Streams;

namespace Overseer.Server.Tests.Retention;

/// <summary>What the subscribers of a task see when its oldest history is deleted under them: every line once, or a gap in its place.</summary>
public sealed partial class DeletedHistoryTests : IDisposable
{
    private const int Deletes = 1000;
    private const int Readers = 8;

    private readonly TempDirectory _place = new();
    private readonly JournalBuffer _scratch = new();
    private readonly TaskStream _stream = new("t", new StreamOptions { RingBytes = 8 * 1024, BlockBytes = 2 * 1024, SmallBlockBytes = 512 }, new FrameBudget(16 * 1024));

    public void Dispose()
    {
        _scratch.Dispose();
        _place.Dispose();
    }

    [Fact]
    public void A_place_in_deleted_history_goes_on_at_the_first_line_that_is_left()
    {
        using var writer = Write(lines: 100);
        _stream.Bind(_place.Journal, writer.End);
        var seen = new Seen();
        JournalPosition place;
        long from;
        using (var source = EventSource.AtLine("t", _place.Journal, _stream.Ledger, 1, writer.End))
        {
            Fill(source, writer.End, seen, blocks: 1);
            place = source.Position;
            from = source.NextLine;
        }

        // As when a subscriber fell off the ring: only its place is left.
        var left = Delete(5);
        Assert.True(left > from);
        using (var source = EventSource.AtPosition("t", _place.Journal, _stream.Ledger, place, from, writer.End))
        {
            Fill(source, writer.End, seen, blocks: 100);
        }

        Assert.Equal([(from, left - 1)], seen.Gaps);
        Assert.Equal(101, seen.Next);

        var (late, first, _) = _stream.Join(new Inbox(), fromSeq: 2);
        Assert.Equal(left, first);
        var rest = new Seen { Next = first };
        rest.TakeAll(_stream, late);
        Assert.Empty(rest.Gaps);
        Assert.Equal(101, rest.Next);
    }

    [Fact]
    public void Who_waited_for_the_task_is_told_what_is_gone_before_he_came_to_read()
    {
        var cursor = _stream.Join(new Inbox(), fromSeq: 1).Cursor;
        using var writer = Write(lines: 100);
        var left = Delete(3);
        _stream.Bind(_place.Journal, default);
        _stream.Announce(writer.End);
        var seen = new Seen();
        seen.TakeAll(_stream, cursor);
        Assert.Equal([(1, left - 1)], seen.Gaps);
        Assert.Equal(101, seen.Next);
    }

    [Fact]
    public void A_replay_from_deleted_history_says_where_it_begins()
    {
        using var writer = Write(lines: 100);
        _stream.Bind(_place.Journal, writer.End);
        var left = Delete(3);
        using var job = ReplayJob.Open(_stream, new ReplayRequest(1, Limit: null, Since: null));
        Assert.Equal(left, job.FirstLeft);
        var seen = new Seen { Next = left };
        while (job.TryTake(out var slice)) seen.Take(slice);
        Assert.Equal(101, seen.Next);
    }

    [Fact]
    public async Task Readers_that_race_deletion_miss_nothing_without_being_told()
    {
        using var writer = Write(lines: 100);
        _stream.Bind(_place.Journal, writer.End);
        var done = 0L;
        var readers = Enumerable.Range(0, Readers).Select(i => Task.Factory.StartNew(() => Read(i, () => Volatile.Read(ref done)), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToList();
        var deleted = 0;
        while (deleted < Deletes)
        {
            Append(writer, 40);
            _stream.Announce(writer.End);
            var segments = JournalDirectory.Segments(_place.Journal);
            foreach (var segment in segments.Take(segments.Count - 3))
            {
                JournalDirectory.Delete(segment);
                deleted++;
            }
        }

        Volatile.Write(ref done, writer.End.NextLine);
        _stream.ConfirmStart(Guid.NewGuid(), onStart: null);
        var holes = 0;
        foreach (var reader in readers)
        {
            var seen = await reader.WaitAsync(WireClient.Deadline, TestContext.Current.CancellationToken);
            Assert.Equal(writer.End.NextLine, seen.Next);
            holes += seen.Gaps.Count;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{writer.End.NextLine} lines, {deleted} segments deleted, {holes} gaps");
    }

    private static void Fill(EventSource source, JournalEnd end, Seen seen, int blocks)
    {
        for (var more = true; more && blocks > 0; blocks--)
        {
            var block = new FrameBlock(1024, source.Position);
            more = source.Fill(block, end) == FillResult.More;
            block.Publish(source.Position, source.NextLine);
            seen.Take(new FrameSlice(block, 0, block.Length));
        }
    }

    private Seen Read(int number, Func<long> done)
    {
        var inbox = new Inbox();
        var seen = new Seen();
        var cursor = _stream.Join(inbox, fromSeq: 1).Cursor;
        seen.Begin(cursor.NextLine);
        for (var turn = 1; done() == 0 || seen.Next < done(); turn++)
        {
            if (!_stream.TryTake(cursor, out var slice))
            {
                inbox.Wait();
                continue;
            }

            seen.Take(slice);
            if (number % 4 == 1 && turn % 5 == 0)
            {
                // One that comes back, from where it was.
                _stream.Part(cursor);
                TaskStream.Retire(cursor);
                cursor = _stream.Join(inbox, seen.Next).Cursor;
                seen.Begin(Math.Max(cursor.NextLine, seen.Next));
            }
            else if (number % 4 == 2)
            {
                Thread.Sleep(1);
            }
            else if (number % 4 == 3 && turn % 7 == 0)
            {
                using var job = ReplayJob.Open(_stream, new ReplayRequest(Math.Max(1, seen.Next - 50), Limit: null, Since: null));
                var replayed = new Seen { Next = job.FirstLeft ?? Math.Max(1, seen.Next - 50) };
                while (job.TryTake(out var piece)) replayed.Take(piece);
            }
        }

        _stream.Part(cursor);
        TaskStream.Retire(cursor);
        return seen;
    }

    private JournalWriter Write(int lines)
    {
        var writer = JournalWriter.Open(_place.Journal, new JournalOptions { SegmentBytes = 1024, IndexIntervalBytes = 256 }, _scratch);
        Append(writer, lines);
        return writer;
    }

    private static void Append(JournalWriter writer, int lines)
    {
        for (var i = 0; i < lines; i++) writer.Append(OutputStream.Stdout, 7, 1, 1, Encoding.ASCII.GetBytes($"line {writer.End.NextLine}\n"));
    }

    private long Delete(int segments)
    {
        foreach (var segment in JournalDirectory.Segments(_place.Journal).Take(segments)) JournalDirectory.Delete(segment);
        return JournalDirectory.Segments(_place.Journal)[0].FirstLine;
    }

    private sealed class Inbox : IStreamListener
    {
        private readonly SemaphoreSlim _news = new(0);

        public void Ready(StreamCursor cursor) => _news.Release();

        public void Wait() => Assert.True(_news.Wait(WireClient.Deadline));
    }

    /// <summary>What one subscriber has seen: it fails at the first line that is not the next one.</summary>
    private sealed partial class Seen
    {
        public long Next { get; set; } = 1;

        public List<(long From, long To)> Gaps { get; } = [];

        /// <summary>What the answer to a subscription says: it begins there, and a gap is sent with it.</summary>
        public void Begin(long first)
        {
            if (first > Next) Gaps.Add((Next, first - 1));
            Next = first;
        }

        public void Take(FrameSlice slice)
        {
            foreach (Match frame in Frame().Matches(Encoding.Latin1.GetString(slice.Bytes.Span)))
            {
                if (frame.Groups["seq"].Success)
                {
                    Assert.Equal(Next, Number(frame.Groups["seq"]));
                    Assert.Equal(Next, Number(frame.Groups["text"]));
                    Next++;
                }
                else
                {
                    Assert.Equal(Next, Number(frame.Groups["from"]));
                    Assert.Equal("rotated", frame.Groups["reason"].Value);
                    Assert.True(Number(frame.Groups["to"]) >= Next);
                    Gaps.Add((Next, Number(frame.Groups["to"])));
                    Next = Number(frame.Groups["to"]) + 1;
                }
            }

            slice.Release();
        }

        public void TakeAll(TaskStream stream, StreamCursor cursor)
        {
            while (stream.TryTake(cursor, out var slice)) Take(slice);
        }

        private static long Number(Group group) => long.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

        [GeneratedRegex("""\{"type":"(output".*?"data":"line (?<text>\d+)","seq":(?<seq>\d+),|gap".*?"from_seq":(?<from>\d+),"to_seq":(?<to>\d+),"reason":"(?<reason>[a-z_]+)")""", RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 5000)]
        private static partial Regex Frame();
    }
}
