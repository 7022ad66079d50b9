using Overseer.Recorder.Journal;

namespace Overseer.Streams.SeqIndex;

/// <summary>
/// The lines above the limit that have begun and not ended yet: a line that comes in parts is shown whole or not at all, as its first part was judged. A line is
/// unfinished in one stream of one run, and other lines may come between its parts.
/// </summary>
internal sealed class OpenLines
{
    private readonly List<(int Run, OutputStream Stream, bool Shown)> _lines = [];

    /// <summary>How many there are.</summary>
    public int Count => _lines.Count;

    /// <summary>Whether an entry is a further part of one of them, and if so whether that is shown.</summary>
    public bool TryContinue(in JournalEntry entry, out bool shown)
    {
        for (var i = 0; i < _lines.Count; i++)
        {
            if (_lines[i].Run == entry.Run && _lines[i].Stream == entry.Stream)
            {
                shown = _lines[i].Shown;
                if (!entry.Partial)
                {
                    _lines.RemoveAt(i);
                }

                return true;
            }
        }

        shown = false;
        return false;
    }

    /// <summary>A first part.</summary>
    public void Begin(in JournalEntry entry, bool shown) => _lines.Add((entry.Run, entry.Stream, shown));

    /// <summary>Takes in what ends lines without being one: the end of their run, or lost history.</summary>
    public void Pass(in JournalEntry entry)
    {
        if (entry.Kind == EntryKind.Exited && _lines.Count > 0)
        {
            var run = entry.Run;
            _lines.RemoveAll(line => line.Run == run);
        }
        else if (entry.Kind == EntryKind.Gap && entry.GapReason is GapReason.Damaged or GapReason.Rotated)
        {
            _lines.Clear();
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => _lines.Clear();
}
