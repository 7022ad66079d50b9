// What makes a batch of lines and the places behind it one thing, whenever the process dies. Before a batch goes into the log it is written here whole: which
// file, where in it, the lines, the places. A server that finds a batch here whose end was not noted in LogPlaces looks how much of it is in the log, and adds what is
// missing. Two files in turn: one that was half written when the process died is not valid, and then nothing of its batch is in the log.
//
// It costs a second copy of each line into the page cache, into the same few pages again and again. Rejected: a place noted after the write (a death between
// the two doubles the lines), one noted before (it loses them), taking places from the log's own end (it may have been moved, packed or deleted, and would have to be searched for
// each task), cutting the log back to the last place (others read it, and its lines may be gone from the journals).

using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Journal;

namespace Overseer.EventLog;

/// <summary>Not thread-safe.</summary>
internal sealed class LogIntent : IDisposable
{
    private const uint Magic = 0x31494C4F;
    private const int Header = 48;
    private readonly SafeFileHandle[] _files;
    private readonly ArrayBufferWriter<byte> _head = new(16 << 10);
    private readonly ReadOnlyMemory<byte>[] _pieces = new ReadOnlyMemory<byte>[2];

    /// <summary>Opens the two files of a directory.</summary>
    /// <exception cref="IOException">They cannot be opened.</exception>
    public LogIntent(string directory)
    {
        _files = [Open("intent-0"), Open("intent-1")];

        SafeFileHandle Open(string name) => File.OpenHandle(Path.Combine(directory, name), FileMode.OpenOrCreate, FileAccess.ReadWrite);
    }

    /// <summary>Takes room now, so that a full disk later does not stop the log of another disk.</summary>
    /// <exception cref="IOException">There is none.</exception>
    public void Reserve(int bytes)
    {
        foreach (var file in _files)
        {
            var length = RandomAccess.GetLength(file);
            if (length < bytes)
            {
                RandomAccess.Write(file, new byte[bytes - length], length);
            }
        }
    }

    /// <summary>Notes a batch that is about to be written.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Note(LogBatchNote note)
    {
        _head.ResetWrittenCount();
        _head.GetSpan(Header)[..Header].Clear();
        _head.Advance(Header);
        foreach (var place in note.Places)
        {
            _head.Advance(place.Write(_head.GetSpan(LogPlace.MaxBytes)));
        }

        var head = MemoryMarshal.AsMemory(_head.WrittenMemory).Span;
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], Magic);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], note.Batch);
        BinaryPrimitives.WriteInt64LittleEndian(head[16..], note.Inode);
        BinaryPrimitives.WriteInt64LittleEndian(head[24..], note.Offset);
        BinaryPrimitives.WriteInt32LittleEndian(head[32..], head.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head[36..], head.Length + note.Lines.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head, Crc32C.Append(Crc32C.Append(0, head[4..]), note.Lines.Span));
        (_pieces[0], _pieces[1]) = (_head.WrittenMemory, note.Lines);
        RandomAccess.Write(_files[note.Batch & 1], _pieces, 0);
        _pieces[1] = default;
    }

    /// <summary>The note of a batch, if there is a whole one.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public LogBatchNote? Find(long batch)
    {
        var file = _files[batch & 1];
        var header = new byte[Header];
        if (RandomAccess.Read(file, header, 0) < Header || BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4)) != Magic
            || BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(8)) != batch)
        {
            return null;
        }

        var placesEnd = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(32));
        var length = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(36));
        if (placesEnd < Header || length < placesEnd || length > RandomAccess.GetLength(file))
        {
            return null;
        }

        var bytes = new byte[length];
        if (RandomAccess.Read(file, bytes, 0) < length || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Crc32C.Append(0, bytes.AsSpan(4)))
        {
            return null;
        }

        var places = new List<LogPlace>();
        for (var at = Header; at < placesEnd;)
        {
            if (LogPlace.Read(bytes.AsSpan(at, placesEnd - at), out var taken) is not { } place)
            {
                return null;
            }

            places.Add(place);
            at += taken;
        }

        return new LogBatchNote(batch, BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(16)), BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(24)), places, bytes.AsMemory(placesEnd));
    }

    public void Dispose()
    {
        foreach (var file in _files)
        {
            file.Dispose();
        }
    }
}
