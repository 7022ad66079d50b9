using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Overseer.Recorder.Journal;
using Overseer.Streams;

namespace Overseer.Server.Tests.Streaming;

/// <summary>The machine's clock was set while a task printed: times go backwards and leap, numbers and order do not.</summary>
public sealed partial class ClockTests : IDisposable
{
    private const int Lines = 3000;
    private const long Second = 1_000_000_000;
    private const long Start = 1_780_000_000 * Second;
    private readonly string _directory = Directory.CreateTempSubdirectory("overseer-clock-").FullName;
    private readonly JournalBuffer _buffer = new();
    private readonly TaskStream _stream = new("t", new StreamOptions(), new FrameBudget(1 << 20));

    public void Dispose()
    {
        _buffer.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void History_keeps_its_order_and_since_means_each_events_own_time()
    {
        using var writer = JournalWriter.Open(Path.Combine(_directory, "j"), new JournalOptions { SegmentBytes = 64 * 1024, IndexIntervalBytes = 4096 }, _buffer);
        for (var line = 1; line <= Lines; line++)
        {
            writer.Append(OutputStream.Stdout, 1, 1, TimeOf(line), Encoding.Latin1.GetBytes($"{line} {new string('x', 100)}\n"));
        }

        Assert.True(writer.End.Segment > 1);
        _stream.Bind(Path.Combine(_directory, "j"), default);
        _stream.Announce(writer.End);

        Assert.Equal(Enumerable.Range(1, Lines).Select(line => (line, TimeOf(line))), Replay(new ReplayRequest(1, Limit: null, Since: null)));
        for (var from = 1; from <= Lines; from += 97)
        {
            Assert.Equal(Enumerable.Range(from, Lines - from + 1), Replay(new ReplayRequest(from, Limit: null, Since: null)).Select(seen => seen.Line));
            Assert.Equal(Enumerable.Range(Lines - from + 1, from), Replay(new ReplayRequest(FromSeq: null, from, Since: null)).Select(seen => seen.Line));
            var since = TimeOf(from);
            Assert.Equal(Enumerable.Range(1, Lines).Where(line => TimeOf(line) >= since), Replay(new ReplayRequest(1, Limit: null, since)).Select(seen => seen.Line));
        }
    }

    /// <summary>An hour back after each third of the lines, and once a day ahead.</summary>
    private static long TimeOf(int line) => Start + (line * Second) - (line / 1000 * 3600 * Second) + (line is > 1500 and < 1600 ? 86400 * Second : 0);

    private List<(int Line, long TimeNs)> Replay(ReplayRequest request)
    {
        using var job = ReplayJob.Open(_stream, request);
        var seen = new List<(int, long)>();
        while (job.TryTake(out var slice))
        {
            foreach (Match frame in Frame().Matches(Encoding.Latin1.GetString(slice.Bytes.Span)))
            {
                Assert.Equal(frame.Groups["text"].Value, frame.Groups["seq"].Value);
                var time = DateTimeOffset.Parse(frame.Groups["ts"].ValueSpan, CultureInfo.InvariantCulture);
                seen.Add((int.Parse(frame.Groups["seq"].ValueSpan, CultureInfo.InvariantCulture), (time - DateTimeOffset.UnixEpoch).Ticks * 100));
            }

            slice.Release();
        }

        return seen;
    }

    [GeneratedRegex("""\{"type":"output".*?"data":"(?<text>\d+) x+","seq":(?<seq>\d+),"ts":"(?<ts>[^"]+)""", RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Frame();
}
