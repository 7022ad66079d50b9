using System.Buffers;
using System.Collections.Concurrent;
using Overseer.Recorder.Journal;
using Overseer.Streams;

namespace Overseer.Server.Tests.Streaming;

/// <summary>Cursors of random pace on one stream: each must get what one reader alone gets, byte for byte.</summary>
public sealed class TaskStreamTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("overseer-stream-").FullName;
    private readonly JournalBuffer _buffer = new();
    private readonly FrameBudget _budget = new(40 * 1024);
    private readonly StreamOptions _small = new() { RingBytes = 16 * 1024, BlockBytes = 4 * 1024, SmallBlockBytes = 512 };

    public void Dispose()
    {
        _buffer.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Cursors_of_any_pace_get_the_same_bytes(int seed)
    {
        var random = new Random(seed);
        using var writer = JournalWriter.Open(Path.Combine(_directory, "j"), new JournalOptions { SegmentBytes = 64 * 1024 }, _buffer);
        var stream = new TaskStream("t", _small, _budget);
        stream.Bind(Path.Combine(_directory, "j"), default);
        var listener = new Inbox();
        var readers = new List<(StreamCursor Cursor, ArrayBufferWriter<byte> Got, int Greed)>();
        for (var i = 0; i < 6; i++)
        {
            readers.Add((stream.Join(listener, fromSeq: null).Cursor, new ArrayBufferWriter<byte>(), 1 + (i * i)));
        }

        for (var round = 0; round < 400; round++)
        {
            Write(writer, random);
            if (random.Next(3) > 0)
            {
                stream.Announce(writer.End);
            }

            foreach (var (cursor, got, greed) in readers)
            {
                if (random.Next(20) < greed)
                {
                    Take(stream, cursor, got, 1 + random.Next(3));
                }
            }

            SpinWait.SpinUntil(() => !ThreadPoolIsBusy(), TimeSpan.FromMilliseconds(1));
        }

        stream.Announce(writer.End);
        var reference = ReadAlone(stream);
        Assert.NotEqual(0, reference.Length);
        foreach (var (cursor, got, _) in readers)
        {
            TakeAll(stream, listener, cursor, got, reference.Length);
            Assert.True(got.WrittenSpan.SequenceEqual(reference.Span));
            stream.Part(cursor);
            TaskStream.Retire(cursor);
        }

        Assert.True(stream.IsUnwatched);
        Assert.Equal(0, stream.BufferedBytes);
        Assert.Equal(0, _budget.Used);
    }

    [Fact]
    public async Task Cursors_on_threads_of_their_own_get_the_same_bytes()
    {
        var random = new Random(42);
        using var writer = JournalWriter.Open(Path.Combine(_directory, "j"), new JournalOptions { SegmentBytes = 256 * 1024 }, _buffer);
        var stream = new TaskStream("t", _small, _budget);
        stream.Bind(Path.Combine(_directory, "j"), default);
        var done = 0;
        var pumps = Enumerable.Range(0, 8).Select(i => Task.Factory.StartNew(
            () =>
            {
                var inbox = new Inbox();
                var cursor = stream.Join(inbox, fromSeq: 1).Cursor;
                var got = new ArrayBufferWriter<byte>();
                while (Volatile.Read(ref done) == 0 || got.WrittenCount < Volatile.Read(ref done))
                {
                    if (!stream.TryTake(cursor, out var slice))
                    {
                        inbox.Wait();
                        continue;
                    }

                    got.Write(slice.Bytes.Span);
                    slice.Release();
                    if (i % 3 == 2)
                    {
                        Thread.Sleep(1);
                    }
                }

                stream.Part(cursor);
                TaskStream.Retire(cursor);
                return got;
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToArray();
        for (var round = 0; round < 2000; round++)
        {
            Write(writer, random);
            stream.Announce(writer.End);
        }

        var reference = ReadAlone(stream);
        Volatile.Write(ref done, reference.Length);
        stream.ConfirmStart(Guid.NewGuid(), onStart: null);
        foreach (var pump in pumps)
        {
            var got = await pump.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            Assert.True(got.WrittenSpan.SequenceEqual(reference.Span));
        }
    }

    [Fact]
    public void An_exit_waits_for_the_word_of_the_engine()
    {
        using var writer = JournalWriter.Open(Path.Combine(_directory, "j"), new JournalOptions(), _buffer);
        var stream = new TaskStream("t", new StreamOptions(), _budget);
        stream.Bind(Path.Combine(_directory, "j"), default);
        var run = Guid.NewGuid();
        stream.Expect(run);
        var inbox = new Inbox();
        var cursor = stream.Join(inbox, fromSeq: null).Cursor;
        writer.AppendStarted(run, 7, 1, 0, 1);
        writer.Append(OutputStream.Stdout, 7, 1, 2, "hello\n"u8);
        writer.AppendExited(new ExitRecord(run, 7, 1, 0, 0, 0, 0, 0), 3);
        stream.Announce(writer.End);
        Assert.False(stream.TryTake(cursor, out _));

        stream.ConfirmStart(run, onStart: null);
        var got = new ArrayBufferWriter<byte>();
        inbox.Wait();
        while (stream.TryTake(cursor, out var slice))
        {
            got.Write(slice.Bytes.Span);
            slice.Release();
        }

        Assert.Contains("hello", System.Text.Encoding.UTF8.GetString(got.WrittenSpan), StringComparison.Ordinal);
        Assert.DoesNotContain("exited", System.Text.Encoding.UTF8.GetString(got.WrittenSpan), StringComparison.Ordinal);

        stream.ConfirmExit(run, intentional: true, []);
        TakeAll(stream, inbox, cursor, got, got.WrittenCount + 1);
        Assert.Contains("\"intentional\":true", System.Text.Encoding.UTF8.GetString(got.WrittenSpan), StringComparison.Ordinal);
    }

    private static bool ThreadPoolIsBusy() => ThreadPool.PendingWorkItemCount > 0;

    private static void Write(JournalWriter writer, Random random)
    {
        var text = new byte[random.Next(1, 4000)];
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = random.Next(40) == 0 ? (byte)'\n' : (byte)random.Next('a', 'z');
        }

        var stream = random.Next(4) == 0 ? OutputStream.Stderr : OutputStream.Stdout;
        writer.Append(stream, 7, 1, random.NextInt64(1_000_000_000), text);
        if (random.Next(10) == 0)
        {
            writer.AppendExited(new ExitRecord(Guid.NewGuid(), 7, 1, random.Next(3), 0, 0, 0, 0), 5);
        }
    }

    private static void Take(TaskStream stream, StreamCursor cursor, ArrayBufferWriter<byte> got, int slices)
    {
        while (slices-- > 0 && stream.TryTake(cursor, out var slice))
        {
            got.Write(slice.Bytes.Span);
            slice.Release();
        }
    }

    private static void TakeAll(TaskStream stream, Inbox inbox, StreamCursor cursor, ArrayBufferWriter<byte> got, int bytes)
    {
        while (got.WrittenCount < bytes)
        {
            if (stream.TryTake(cursor, out var slice))
            {
                got.Write(slice.Bytes.Span);
                slice.Release();
            }
            else
            {
                inbox.Wait();
            }
        }
    }

    private ReadOnlyMemory<byte> ReadAlone(TaskStream stream)
    {
        var all = new ArrayBufferWriter<byte>();
        using var source = EventSource.AtLine("t", Path.Combine(_directory, "j"), stream.Ledger, 1, stream.End);
        while (true)
        {
            var block = new FrameBlock(64 * 1024, source.Position);
            source.Fill(block, stream.End);
            block.Publish(source.Position, source.NextLine);
            var length = block.Length;
            all.Write(block.Slice(0, length).Span);
            block.Release();
            if (length == 0)
            {
                return all.WrittenMemory;
            }
        }
    }

    private sealed class Inbox : IStreamListener
    {
        private readonly BlockingCollection<StreamCursor> _ready = [];

        public void Ready(StreamCursor cursor) => _ready.Add(cursor);

        public void Wait() => Assert.True(_ready.TryTake(out _, TimeSpan.FromSeconds(60)), "nothing became ready");
    }
}
