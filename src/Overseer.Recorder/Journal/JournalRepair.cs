using Microsoft.Win32.SafeHandles;
using static Overseer.Recorder.Interop.Interop;

namespace Overseer.Recorder.Journal;

// Makes the newest segment continuable after a crash, and finds the writer's state in it. A chunk that is not the last is never touched: what
// damage there is inside stays, and readers report it. At the tail:
//   - an open header with bytes after it owns them all: it is finished;
//   - an open header without bytes, or less than a header: cut off;
//   - a finished chunk of output that is longer than the file: shortened to what is there; any other such chunk: cut off;
//   - no header, and no good chunk after it: cut off, and the writer notes a gap.
internal sealed unsafe class JournalRepair
{
    private readonly SegmentFile _segment;
    private readonly LaneTable _lanes;
    private readonly SegmentIndexWriter _index;
    private readonly JournalBuffer _scratch;
    private readonly ChunkScanner _scanner;
    private readonly Dictionary<(int Run, OutputStream Stream), long> _lastOfLane = [];
    private long _end = SegmentHeader.Size;
    private long _nextLine;

    internal JournalRepair(SegmentFile segment, LaneTable lanes, SegmentIndexWriter index, JournalBuffer scratch)
    {
        _segment = segment;
        _lanes = lanes;
        _index = index;
        _scratch = scratch;
        _scanner = new ChunkScanner(segment);
        _nextLine = segment.FirstLine;
    }

    /// <summary>Bytes that were cut off and may have been output.</summary>
    internal long LostBytes { get; private set; }

    /// <summary>Time of the last good chunk.</summary>
    internal long LastTimeNs { get; private set; }

    /// <summary>The newest segment, opened and locked; null when there is none yet, or none with anything in it.</summary>
    /// <param name="directory">The journal's directory.</param>
    /// <param name="firstLine">Number of the line that a new segment has to begin with.</param>
    /// <exception cref="JournalLockedException">Another writer has it.</exception>
    internal static SegmentFile? OpenLast(string directory, out long firstLine)
    {
        firstLine = 1;
        while (true)
        {
            var lines = SegmentName.List(directory);
            if (lines.Length == 0)
            {
                RemoveUnfinished(directory);
                return null;
            }

            var path = SegmentName.Of(directory, lines[^1]);
            var handle = SegmentFile.OpenHandle(path, OpenFlags.ReadWrite);
            try
            {
                SegmentCreator.Lock(handle, path);
            }
            catch
            {
                handle.Dispose();
                throw;
            }

            if (SegmentName.List(directory)[^1] != lines[^1])
            {
                handle.Dispose(); // its writer went on to a new one before it let go
                continue;
            }

            RemoveUnfinished(directory);
            if (HoldsNothing(handle))
            {
                // Segments appear complete, so somebody cut this one, or the machine lost its power. The one before, if there is one, goes on.
                File.Delete(path);
                File.Delete(SegmentName.IndexOf(directory, lines[^1]));
                handle.Dispose();
                firstLine = Math.Max(firstLine, lines[^1]);
                continue;
            }

            return SegmentFile.FromHandle(path, lines[^1], handle);
        }
    }

    // A header that cannot be read, and nothing but zeros behind it: there is nothing to be lost. With anything behind it the file is left as it is.
    private static bool HoldsNothing(SafeFileHandle handle)
    {
        Span<byte> bytes = stackalloc byte[4096];
        var read = RandomAccess.Read(handle, bytes, 0);
        if (read < SegmentHeader.Size)
        {
            return true;
        }

        if (!SegmentHeader.IsDamaged(bytes[..read]))
        {
            return false;
        }

        long offset = SegmentHeader.Size;
        while ((read = RandomAccess.Read(handle, bytes, offset)) > 0)
        {
            if (bytes[..read].ContainsAnyExcept((byte)0))
            {
                return false;
            }

            offset += read;
        }

        return true;
    }

    internal JournalEnd Run()
    {
        var size = _segment.Length();
        while (true)
        {
            var place = ChunkHeader.PlaceAfter(_end);
            var state = _scanner.Read(place, size, out var header);
            if (state == ChunkState.Done)
            {
                Take(header, place);
                continue;
            }

            if (state == ChunkState.Damaged && _scanner.FindNext(place, size) is var next and > 0)
            {
                _end = next;
                continue;
            }

            FindLanes();
            if (state is ChunkState.Open or ChunkState.Short && header.Kind == ChunkKind.Output && size - place > ChunkHeader.Size)
            {
                Finish(header, place, size);
            }
            else if (state == ChunkState.Damaged)
            {
                LostBytes = size - place;
            }

            if (size != _end && Ftruncate(_segment.Handle, _end) != 0)
            {
                throw JournalException.FromErrno("cut", _segment.Path, System.Runtime.InteropServices.Marshal.GetLastPInvokeError());
            }

            _index.TruncateToNoted();
            return new JournalEnd(_segment.FirstLine, _end, _nextLine);
        }
    }

    private static void RemoveUnfinished(string directory)
    {
        foreach (var path in Directory.EnumerateFiles(directory, "*" + SegmentName.NewExtension))
        {
            File.Delete(path);
        }
    }

    private void Take(in ChunkHeader header, long place)
    {
        if (header.HoldsLaneBytes)
        {
            _lastOfLane[(header.Run, header.Stream)] = place;
        }
        else if (header.Kind == ChunkKind.Cut)
        {
            _lastOfLane.Remove((header.Run, header.Stream));
        }
        else if (header.Kind == ChunkKind.Exited)
        {
            _lastOfLane.Remove((header.Run, OutputStream.Stdout));
            _lastOfLane.Remove((header.Run, OutputStream.Stderr));
        }

        _index.Note(header, place);
        _end = place + ChunkHeader.Size + header.Length;
        _nextLine = header.NextLine;
        LastTimeNs = header.TimeNs;
    }

    // Each lane's state follows from its last chunk alone: its header says what was pending before it.
    private void FindLanes()
    {
        foreach (var ((_, _), place) in _lastOfLane)
        {
            _ = _scanner.Read(place, _end, out var header);
            var data = _scratch.Span[..header.Length];
            if (_segment.Read(data, place + ChunkHeader.Size) == data.Length)
            {
                _ = Advance(header, place, data);
            }
        }
    }

    private int Advance(in ChunkHeader header, long place, ReadOnlySpan<byte> data)
    {
        var lane = new Lane { Run = header.Run, Stream = header.Stream, Pid = header.Pid, Pending = header.PendingLength, Begin = place - header.PendingBack };
        if (lane.Pending > _segment.Header.MaxLineBytes)
        {
            lane.Pending = 0;
        }

        if (lane.Pending > 0)
        {
            Span<byte> last = stackalloc byte[Math.Min(3, lane.Pending)];
            lane.Tail = LaneBytes.TryRead(_segment, lane.Begin, place, lane.Run, lane.Stream, last) ? LineRule.Tail(last, 0) : 0;
        }

        var lines = LineRule.Count(data, ref lane.Pending, ref lane.Tail, _segment.Header.MaxLineBytes, out var beganHere);
        lane.Begin = beganHere ? place : lane.Begin;
        _lanes.Set(lane);
        return lines;
    }

    private void Finish(ChunkHeader header, long place, long size)
    {
        var data = _scratch.Span[..(int)Math.Min(size - place - ChunkHeader.Size, ChunkHeader.MaxLength)];
        data = data[.._segment.Read(data, place + ChunkHeader.Size)];
        header.Done = true;
        header.Length = data.Length;
        header.Lines = Advance(header, place, data);
        header.DataCrc = Crc32C.Append(_segment.Seed, data);
        header.Write(_scratch.Span, _segment.Seed, place);
        var errno = SegmentWrites.Write(_segment.Handle, _scratch.Pointer, ChunkHeader.Size, place);
        SegmentWrites.Check(errno, _segment.Path);
        Take(header, place);
    }
}
