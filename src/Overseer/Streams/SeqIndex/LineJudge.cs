using Overseer.Core.Drivers;
using Overseer.Recorder.Journal;

namespace Overseer.Streams.SeqIndex;

/// <summary>Judges lines in their order, each by the filter that holds for it. Not thread-safe.</summary>
internal sealed class LineJudge(OutputFilters filters)
{
    private readonly OpenLines _open = new();
    private FilterHistory? _history;
    private IOutputFilter? _filter;
    private long _from;
    private long _until;

    /// <summary>The filter that judged the last line; 0 for none.</summary>
    public ulong Fingerprint { get; private set; }

    /// <summary>Whether a line that comes in parts goes on.</summary>
    public bool IsInsideLine => _open.Count > 0;

    /// <summary>Goes by this history from now on.</summary>
    public void Follow(FilterHistory history)
    {
        if (_history != history)
        {
            (_history, _from, _until) = (history, 0, 0);
        }
    }

    /// <summary>Whether lines from one on to another are all shown, without a look at them.</summary>
    public bool ShowsAll(long line, out long until)
    {
        Find(line);
        until = _until;
        return _filter is null && _open.Count == 0;
    }

    /// <summary>Judges the next line.</summary>
    public bool Shows(in JournalEntry entry, ReadOnlyMemory<byte> line)
    {
        if (entry.Line >= _until || entry.Line < _from)
        {
            Find(entry.Line);
        }

        if (_open.Count == 0 && !entry.Partial)
        {
            return _filter is null || Passes(_filter, entry.Stream, line);
        }

        if (_open.TryContinue(entry, out var shown))
        {
            return shown;
        }

        shown = _filter is null || Passes(_filter, entry.Stream, line);
        if (entry.Partial)
        {
            _open.Begin(entry, shown);
        }

        return shown;
    }

    /// <summary>Takes a line in that was judged before.</summary>
    public void Pass(in JournalEntry entry, bool shown)
    {
        if (!_open.TryContinue(entry, out _) && entry.Partial)
        {
            _open.Begin(entry, shown);
        }
    }

    /// <summary>Takes in what is no line.</summary>
    public void Pass(in JournalEntry entry) => _open.Pass(entry);

    /// <summary>Forgets lines that have begun.</summary>
    public void Clear() => _open.Clear();

    /// <summary>Whether every filter is still there that judged lines from one on to another.</summary>
    public bool Knows(long line, long until)
    {
        foreach (var regime in _history!.From(line))
        {
            if (regime.FromLine < until && regime.Fingerprint != 0 && filters.Find(regime.Fingerprint) is null)
            {
                return false;
            }
        }

        return true;
    }

    // A filter that is gone leaves lines that nobody has judged: the next one that is there judges them.
    private void Find(long line)
    {
        _filter = null;
        Fingerprint = 0;
        (_, _until) = _history!.At(line);
        _from = line;
        foreach (var regime in _history.From(line))
        {
            Fingerprint = regime.Fingerprint;
            _filter = filters.Find(regime.Fingerprint);
            if (_filter is not null || regime.Fingerprint == 0)
            {
                return;
            }
        }
    }

    // Filters do not throw; one of a driver's author that does must not end the stream.
    private static bool Passes(IOutputFilter filter, OutputStream stream, ReadOnlyMemory<byte> line)
    {
        try
        {
            return filter.Passes(stream == OutputStream.Stderr, line);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return false;
        }
    }
}
