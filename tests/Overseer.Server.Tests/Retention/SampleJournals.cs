using Overseer.Recorder.Journal;
using Overseer.Recorder.Tests.Journal;
using Overseer.Retention;

namespace Overseer.Server.Tests.Retention;

/// <summary>Real journals with small segments, of tasks that run or have ended.</summary>
internal sealed class SampleJournals : IJournals, IDisposable
{
    public const int LineBytes = 100;

    private readonly TempDirectory _place = new();
    private readonly JournalBuffer _scratch = new();
    private readonly Dictionary<Guid, JournalOwner> _owners = [];
    private readonly Dictionary<Guid, JournalEnd> _ends = [];
    private readonly Dictionary<Guid, JournalWriter> _writers = [];

    public static JournalOptions Options { get; } = new() { SegmentBytes = 4096, IndexIntervalBytes = 512 };

    public string Root => _place.Path;

    public List<Guid> AskedToClose { get; } = [];

    public IReadOnlyCollection<JournalOwner> Owners => [.. _owners.Values];

    public string DirectoryOf(Guid journal) => Path.Join(Root, journal.ToString("N"));

    /// <summary>A task that runs and has printed so many lines.</summary>
    public Guid Running(int lines)
    {
        var id = Guid.NewGuid();
        _owners[id] = new JournalOwner(id, EndedAt: null);
        _writers[id] = JournalWriter.Open(DirectoryOf(id), Options, _scratch);
        Print(id, lines);
        return id;
    }

    /// <summary>A task that has ended so many minutes after the others, and whose journal nobody has open.</summary>
    public Guid Ended(int lines, int minute)
    {
        var id = Running(lines);
        End(id, minute);
        Release(id);
        return id;
    }

    public void Print(Guid id, int lines)
    {
        var writer = _writers[id];
        for (var i = 0; i < lines; i++)
        {
            var line = $"{writer.End.NextLine}".PadRight(LineBytes - 1) + "\n";
            writer.Append(OutputStream.Stdout, 7, 1, 1000 + i, System.Text.Encoding.ASCII.GetBytes(line));
        }

        _ends[id] = writer.End;
    }

    public void End(Guid id, int minute) => _owners[id] = new JournalOwner(id, DateTimeOffset.UnixEpoch.AddMinutes(minute));

    public void Release(Guid id)
    {
        if (_writers.Remove(id, out var writer)) writer.Dispose();
    }

    public void Restart(Guid id)
    {
        _owners[id] = new JournalOwner(id, EndedAt: null);
        _writers[id] = JournalWriter.Open(DirectoryOf(id), Options, _scratch);
    }

    public void Forget(Guid id)
    {
        _owners.Remove(id);
        _ends.Remove(id);
    }

    /// <summary>A new server: it knows of no journal how far it goes.</summary>
    public void ForgetEnds() => _ends.Clear();

    public long Bytes(Guid id) => JournalDirectory.Segments(DirectoryOf(id)).Sum(segment => segment.Bytes);

    public IReadOnlyList<long> Segments(Guid id) => [.. JournalDirectory.Segments(DirectoryOf(id)).Select(segment => segment.FirstLine)];

    public JournalEnd EndOf(Guid journal) => _ends.GetValueOrDefault(journal);

    public void Announce(Guid journal, in JournalEnd end) => _ends[journal] = end;

    public void Leave(Guid journal, long next, bool hurry) => Left.Add((journal, next));

    public List<(Guid Journal, long Next)> Left { get; } = [];

    public void Close(Guid journal)
    {
        AskedToClose.Add(journal);
        Release(journal);
    }

    public void Dispose()
    {
        foreach (var writer in _writers.Values) writer.Dispose();
        _scratch.Dispose();
        _place.Dispose();
    }
}
