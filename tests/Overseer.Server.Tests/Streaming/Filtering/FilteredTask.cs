using System.Text;
using Overseer.Core.Drivers;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Tests.Journal;
using Overseer.Server.Tests.Harness;
using Overseer.Streams;
using Overseer.Streams.SeqIndex;

namespace Overseer.Server.Tests.Streaming.Filtering;

/// <summary>A real journal of a task with an output filter, the stream of it, and what a subscriber should see, kept in a simple list beside it.</summary>
internal sealed class FilteredTask : IDisposable
{
    private readonly TempDirectory _place = new();
    private readonly JournalBuffer _buffer = new();
    private readonly FrameBudget _budget = new(1 << 20);
    private readonly StreamOptions _small = new() { RingBytes = 4 * 1024, BlockBytes = 1024, SmallBlockBytes = 256 };
    private readonly JournalWriter _writer;
    private readonly Inbox _inbox = new();
    private readonly List<(long Line, bool Shown, SeenEvent Event)> _model = [];
    private WordFilter? _filter;
    private int _run = 1;
    private bool _unfinished;
    private long _clock = 1;

    /// <summary>A new task.</summary>
    /// <param name="filter">Its filter.</param>
    /// <param name="known">All filters of the configuration; that one alone when it is not given.</param>
    /// <param name="segmentBytes">The size of a segment.</param>
    /// <param name="maxLineBytes">The size of a line.</param>
    /// <param name="at">Where its journal lies; in a place of its own when that is not said.</param>
    public FilteredTask(WordFilter? filter, WordFilter[]? known = null, long segmentBytes = 64 << 20, int maxLineBytes = 1 << 20, string? at = null)
    {
        _filter = filter;
        Known = known ?? (filter is null ? [] : [filter]);
        Directory = at ?? Path.Join(_place.Path, Guid.NewGuid().ToString("N"));
        _writer = JournalWriter.Open(Directory, new JournalOptions { SegmentBytes = segmentBytes, IndexIntervalBytes = 512, MaxLineBytes = maxLineBytes }, _buffer);
        Stream = NewStream();
        Stream.Bind(Directory, default, filter);
    }

    /// <summary>The filters that the configuration has; others are taken over by the next restart.</summary>
    public WordFilter[] Known { get; set; }

    /// <summary>The stream.</summary>
    public TaskStream Stream { get; private set; }

    /// <summary>The number that the next line shown gets.</summary>
    public long NextSeq { get; private set; } = 1;

    /// <summary>The journal's directory.</summary>
    public string Directory { get; }

    /// <summary>The files of the index, oldest first.</summary>
    public string[] IndexFiles => [.. System.IO.Directory.GetFiles(Directory, "*.seq").Order(StringComparer.Ordinal)];

    /// <summary>What who begins with the first line should see of what is still there.</summary>
    public IReadOnlyList<SeenEvent> All => [.. _model.Where(entry => entry.Shown).Select(entry => entry.Event)];

    /// <summary>What who begins with a number should see.</summary>
    public IReadOnlyList<SeenEvent> From(long seq)
    {
        var behind = _model.FindLastIndex(entry => entry.Shown && entry.Event.Type == "output" && entry.Event.Seq < seq);
        return [.. _model.Skip(behind + 1).Where(entry => entry.Shown).Select(entry => entry.Event)];
    }

    /// <summary>The task prints lines, and the server hears of it.</summary>
    public void Print(params string[] lines)
    {
        foreach (var line in lines) Print(line, OutputStream.Stdout);
    }

    /// <summary>The task prints a line to one of its streams.</summary>
    public void Print(string line, OutputStream stream, bool announced = true)
    {
        var number = _writer.End.NextLine;
        _writer.Append(stream, 7, _run, _clock + number, Encoding.UTF8.GetBytes(line + "\n"));
        _unfinished = false;
        Note(number, line, _filter?.Shows(line) ?? true);
        if (announced) Stream.Announce(_writer.End);
    }

    /// <summary>The task prints bytes, which need not be a line. What it adds to the model is up to the caller: <see cref="Note"/>.</summary>
    public void Write(string bytes, OutputStream stream = OutputStream.Stdout)
    {
        _writer.Append(stream, 7, _run, _writer.End.NextLine, Encoding.UTF8.GetBytes(bytes));
        _unfinished = true;
        Stream.Announce(_writer.End);
    }

    /// <summary>A line belongs into the model.</summary>
    public void Note(long line, string text, bool shown) => _model.Add((line, shown, shown ? SeenEvent.Line(NextSeq++, text) : default));

    /// <summary>Reserves numbers that no line has any more.</summary>
    public void Lose(long numbers) => NextSeq += numbers;

    /// <summary>Replaces the model.</summary>
    public void Model(IEnumerable<(string Text, bool Shown)> lines)
    {
        _model.Clear();
        NextSeq = 1;
        var number = 1L;
        foreach (var (text, shown) in lines) Note(number++, text, shown);
    }

    /// <summary>Some time passes.</summary>
    public void Later() => _clock += 1_000_000;

    /// <summary>The run ends.</summary>
    public void Exit()
    {
        _writer.AppendExited(new ExitRecord(Guid.NewGuid(), 7, _run++, 0, 0, 0, 0, 0), 1);
        _model.Add((_writer.End.NextLine, true, SeenEvent.Exit));
        Stream.Announce(_writer.End);
    }

    /// <summary>The server dies and the next one comes; perhaps with another filter for the task's action.</summary>
    public void Restart() => Restart(_filter);

    /// <inheritdoc cref="Restart()"/>
    public void Restart(WordFilter? filter)
    {
        var before = _filter;
        _filter = filter;
        Settle();
        Stream = NewStream();
        Stream.Restore(Directory, mayBeMissing: false, filter, before == filter ? null : OutputFilters.FingerprintOf(before));
        Stream.Announce(_writer.End);
    }

    /// <summary>The task is started again, perhaps from another action.</summary>
    public void StartAgain(WordFilter? filter)
    {
        _filter = filter;
        Stream.Bind(Directory, default, filter);
    }

    /// <summary>The oldest segment is deleted as retention does it; false when there is but one.</summary>
    public bool DeleteOldest(bool count = true)
    {
        var segments = JournalDirectory.Segments(Directory);
        if (segments.Count < 2) return false;
        Stream.Leave(segments[1].FirstLine, count);
        JournalDirectory.Delete(segments[0]);
        File.Delete(SeqFile.PathOf(Directory, segments[0].FirstLine));
        _model.RemoveAll(entry => entry.Line < segments[1].FirstLine);
        return true;
    }

    /// <summary>A new subscriber.</summary>
    public FilteredReader Join(long? fromSeq)
    {
        var (cursor, first, next) = Stream.Join(_inbox, fromSeq);
        return new FilteredReader(Stream, cursor, _inbox, () => _unfinished) { First = first, Next = next };
    }

    /// <summary>What a new subscriber from a number on sees, up to now; with the gap that its answer brings.</summary>
    public IReadOnlyList<SeenEvent> Read(long fromSeq = 1)
    {
        using var reader = Join(fromSeq);
        var begin = reader.First > fromSeq && fromSeq < reader.Next ? [SeenEvent.Gap(fromSeq, reader.First - 1)] : Array.Empty<SeenEvent>();
        return [.. begin, .. reader.Read()];
    }

    /// <summary>What a replay gives.</summary>
    public IReadOnlyList<SeenEvent> Replay(long? fromSeq, long? limit)
    {
        using var job = ReplayJob.Open(Stream, new ReplayRequest(fromSeq, limit, Since: null));
        var seen = new List<SeenEvent>();
        if (job.FirstLeft is { } left) seen.Add(SeenEvent.Gap(fromSeq!.Value, left - 1));
        while (job.TryTake(out var slice)) seen.AddRange(SeenEvent.Read(slice));
        return seen;
    }

    public void Dispose()
    {
        Settle();
        _writer.Dispose();
        _buffer.Dispose();
        _place.Dispose();
    }

    // A server that is dead does not write any more.
    private void Settle()
    {
        if (Stream.Numbering is { IsCatchingUp: true } numbering) Assert.True(numbering.NumberAsync(_writer.End).Wait(WireClient.Deadline));
    }

    private TaskStream NewStream() => new("t", _small, _budget, new OutputFilters(Known.Select((filter, i) => KeyValuePair.Create($"action{i}", (IOutputFilter)filter))));

    /// <summary>Where all subscribers of the task hear of news.</summary>
    internal sealed class Inbox : IStreamListener
    {
        private readonly SemaphoreSlim _news = new(0);

        public void Ready(StreamCursor cursor) => _news.Release();

        public void Wait() => Assert.True(_news.Wait(WireClient.Deadline), "nothing became ready");
    }
}
