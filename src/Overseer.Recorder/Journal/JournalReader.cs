namespace Overseer.Recorder.Journal;

// Reads one journal, forwards, from any line. What must hold:
//   - The entries and the positions after them depend on the journal's bytes alone, not on where reading began, on the ends that were passed or on
//     the windows through which the file was read.
//   - A chunk is read whole and its checksum verified before the first line of it is returned.
//   - The header says how many lines end in a chunk; that is what numbers go by, also when the data are damaged.
//   - Between calls an idle reader holds no memory but unfinished lines.

/// <summary>
/// A cursor over a journal. Any number of them may read while one writer writes. Not thread-safe. After an exception it stays where it was.
/// </summary>
public sealed partial class JournalReader : IDisposable
{
    private readonly string _directory;
    private readonly ChunkWindow _window = new();
    private readonly LaneBuffers _lanes = new();
    private SegmentFile _segment;
    private long _closedLength = -1;
    private long _scanned;
    private long _nextLine;
    private JournalPosition _position;

    private JournalReader(string directory, SegmentFile segment)
    {
        _directory = directory;
        _segment = segment;
        GoTo(SegmentHeader.Size, segment.FirstLine);
    }

    /// <summary>Directly after the last entry that was returned or passed over.</summary>
    public JournalPosition Position => _position;

    /// <summary>Number of the next line that will be returned.</summary>
    public long NextLine => _nextLine;

    /// <summary>Chunk headers that <see cref="Seek"/> looked at so far.</summary>
    internal long HeadersSought { get; private set; }

    internal long Segment => _position.Segment;

    internal ref readonly ChunkHeader Chunk => ref _chunk;

    internal Guid RunId { get; private set; }

    internal long ProcessStartTime { get; private set; }

    internal ExitRecord? Exit { get; private set; }

    internal (GapReason Reason, long Bytes) Gap { get; private set; }

    /// <summary>Opens a journal at its oldest entry.</summary>
    /// <param name="directory">The journal's directory.</param>
    /// <exception cref="JournalFormatException">A file in it is not a segment, or of a newer version.</exception>
    /// <exception cref="JournalException">There is no journal, or it cannot be read; the message names the file.</exception>
    public static JournalReader Open(string directory)
    {
        while (SegmentName.List(directory) is { Length: > 0 } lines)
        {
            // One that was deleted after it was listed was not the last: the next list is a later one.
            if (SegmentFile.OpenIfThere(directory, lines[0]) is { } segment)
            {
                return new JournalReader(directory, segment);
            }
        }

        throw JournalDirectory.NoJournal(directory);
    }

    /// <summary>The same for a journal of which nothing was deleted yet, as far as is known: the way of every new task, without a look at the directory.</summary>
    /// <exception cref="JournalException">There is no journal, or it cannot be read; the message names the file.</exception>
    internal static JournalReader OpenFirst(string directory) =>
        SegmentFile.OpenIfThere(directory, 1) is { } first ? new JournalReader(directory, first) : Open(directory);

    /// <summary>Goes to where <paramref name="line"/> is the next line: directly after the end of the line before it.</summary>
    /// <param name="line">Number of a line; what lies outside of the journal is taken to its nearest end.</param>
    /// <param name="end">How far the journal may be read.</param>
    /// <returns>The next line: greater than asked for when older segments are gone, <see cref="JournalEnd.NextLine"/> at the end.</returns>
    /// <exception cref="JournalException">The journal cannot be read; the message names the file.</exception>
    public long Seek(long line, in JournalEnd end)
    {
        var last = Math.Clamp(line, 1, end.NextLine) - 1;
        int at;
        do
        {
            var segments = SegmentName.List(_directory);
            if (segments.Length == 0)
            {
                throw JournalDirectory.NoJournal(_directory);
            }

            at = Array.BinarySearch(segments, Math.Min(last, end.Segment));
            at = at >= 0 ? at : ~at - 1;
            if (TrySwitchTo(segments[Math.Max(at, 0)]))
            {
                break;
            }
        }
        while (true);

        if (at >= 0)
        {
            FindChunk(last, end);
            while (_nextLine <= last && TryRead(end, out _))
            {
                // passes over the lines of that chunk up to the one before
            }
        }

        return _nextLine;
    }

    /// <summary>Goes behind the last entry before <paramref name="end"/>.</summary>
    /// <param name="end">How far the journal may be read.</param>
    /// <exception cref="JournalException">The journal cannot be read; the message names the file.</exception>
    public void SeekEnd(in JournalEnd end)
    {
        Seek(end.NextLine, end);
        while (TryRead(end, out _))
        {
            // passes over what came after the last line
        }
    }

    /// <summary>Reads the next entry.</summary>
    /// <param name="end">How far the journal may be read; must not go backwards from call to call.</param>
    /// <param name="entry">Valid until the next call of any member.</param>
    /// <returns>False when there is nothing more before <paramref name="end"/>.</returns>
    /// <exception cref="JournalException">The journal cannot be read; the message names the file.</exception>
    public bool TryRead(scoped in JournalEnd end, out JournalEntry entry)
    {
        if (_linesLeft > 0 && TryReadWholeLine(out entry))
        {
            return true;
        }

        while (true)
        {
            if (_stage != Stage.BetweenChunks)
            {
                if (TryReadInChunk(out entry))
                {
                    return true;
                }
            }
            else if (TryEnterChunk(end, out entry) is { } found)
            {
                return found;
            }
        }
    }

    /// <summary>Gives the read window back, for a reader that will not be asked for a while. It goes on where it was.</summary>
    public void Park()
    {
        if (_stage != Stage.BetweenChunks && !_parked)
        {
            _parked = true;
            _linesLeft = -_linesLeft;
        }

        _window.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _window.Dispose();
        _lanes.Dispose();
        _segment.Dispose();
    }

    private void GoTo(long place, long nextLine)
    {
        _stage = Stage.BetweenChunks;
        _linesLeft = 0;
        _parked = false;
        _scanned = place;
        _nextLine = nextLine;
        _position = new JournalPosition(_segment.FirstLine, place, 0);
        _lanes.Clear();
    }

    private bool TrySwitchTo(long firstLine)
    {
        if (_segment.FirstLine != firstLine)
        {
            if (SegmentFile.OpenIfThere(_directory, firstLine) is not { } next)
            {
                return false;
            }

            _segment.Dispose();
            _segment = next;
            _closedLength = -1;
            _window.Reset();
        }

        GoTo(SegmentHeader.Size, firstLine);
        return true;
    }

    // Goes to the chunk in which the line ends, or to the first one after it if damage swallowed that.
    private void FindChunk(long line, in JournalEnd end)
    {
        var limit = Limit(end);
        var scanner = new ChunkScanner(_segment);
        using var index = new SegmentIndex(_directory, _segment);
        var place = index.FindPlace(line, scanner, limit);
        var nextLine = _segment.FirstLine;
        while (true)
        {
            var state = scanner.Read(place, limit, out var header);
            if (state == ChunkState.Done)
            {
                nextLine = header.FirstLine;
                if (header.NextLine > line)
                {
                    break;
                }

                nextLine = header.NextLine;
                place = ChunkHeader.PlaceAfter(place + ChunkHeader.Size + header.Length);
            }
            else if (state == ChunkState.None || scanner.FindNext(place, limit) is not (var next and > 0))
            {
                break;
            }
            else
            {
                place = next;
            }
        }

        HeadersSought += scanner.HeadersRead;
        GoTo(place, nextLine);
    }

    private long Limit(in JournalEnd end)
    {
        if (_segment.FirstLine == end.Segment)
        {
            return end.Offset;
        }

        if (_segment.FirstLine > end.Segment)
        {
            return 0;
        }

        return _closedLength >= 0 ? _closedLength : _closedLength = _segment.Length();
    }
}
