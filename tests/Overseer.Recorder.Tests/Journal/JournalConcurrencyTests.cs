using System.Text;
using Overseer.Recorder.Journal;

namespace Overseer.Recorder.Tests.Journal;

public sealed class JournalConcurrencyTests
{
    private const int Lines = 60_000;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Readers_on_other_threads_follow_a_writer_line_by_line()
    {
        using var place = new TempDirectory();
        using var scratch = new JournalBuffer();
        using var announced = new Announcement();
        using var writer = JournalWriter.Open(place.Journal, new JournalOptions { SegmentBytes = 200_000, IndexIntervalBytes = 10_000 }, scratch);
        announced.Set(writer.End);
        var readers = Enumerable.Range(0, 4).Select(i => Task.Factory.StartNew(
            () => Follow(place.Journal, announced, i), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        var random = new Random(3);
        for (var line = 1; line <= Lines;)
        {
            var text = new StringBuilder();
            for (var count = random.Next(1, 50); count > 0 && line <= Lines; count--)
            {
                text.Append("number ").Append(line++).Append('\n');
            }

            // In two portions, so that lines are unfinished when the readers come to them.
            var bytes = Encoding.UTF8.GetBytes(text.ToString());
            var half = random.Next(bytes.Length);
            writer.Append(OutputStream.Stdout, 1, 1, line, bytes.AsSpan(0, half));
            announced.Set(writer.End);
            writer.Append(OutputStream.Stdout, 1, 1, line, bytes.AsSpan(half));
            announced.Set(writer.End);
        }

        var final = await Task.WhenAll(readers).WaitAsync(Deadline);
        Assert.All(final, position => Assert.Equal(final[0], position));
        Assert.True(JournalDirectory.Segments(place.Journal).Count > 3);
    }

    private static JournalPosition Follow(string directory, Announcement announced, int index)
    {
        using var reader = JournalReader.Open(directory);
        long expected = 1;
        for (JournalEnd end = default; ;)
        {
            end = announced.WaitForMore(end);
            if (index % 2 == 1 && expected % 7 == 0)
            {
                Assert.Equal(expected, reader.Seek(expected, end));
            }

            while (reader.TryRead(end, out var entry))
            {
                Assert.Equal(expected, entry.Line);
                Assert.Equal($"number {expected}", Encoding.UTF8.GetString(entry.Data));
                expected++;
            }

            Assert.Equal(end.NextLine, expected);
            if (expected > Lines)
            {
                return reader.Position;
            }
        }
    }

    /// <summary>What a recorder's messages are: the newest end, and a wake-up.</summary>
    private sealed class Announcement : IDisposable
    {
        private readonly object _gate = new();
        private JournalEnd _end;

        internal void Set(JournalEnd end)
        {
            lock (_gate)
            {
                _end = end;
                Monitor.PulseAll(_gate);
            }
        }

        internal JournalEnd WaitForMore(JournalEnd known)
        {
            lock (_gate)
            {
                while (_end == known)
                {
                    Assert.True(Monitor.Wait(_gate, Deadline));
                }

                return _end;
            }
        }

        public void Dispose() => Set(default);
    }
}
