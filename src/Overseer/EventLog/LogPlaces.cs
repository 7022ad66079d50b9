// The file with the places of all tasks in the event log: a header, and a slot of half a page for each task. A slot is replaced by one write within a page, which a
// death of the process leaves done or undone, never half. Batch and places belong together: see LogIntent.

using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Journal;

namespace Overseer.EventLog;

/// <summary>Not thread-safe.</summary>
internal sealed class LogPlaces : IDisposable
{
    private const int SlotBytes = 512;
    private const int Prefix = 8;
    private const uint Magic = 0x31504C4F;
    private static readonly byte[] Nothing = new byte[SlotBytes];
    private readonly SafeFileHandle _file;
    private readonly byte[] _slot = new byte[SlotBytes];
    private readonly Stack<int> _free = new();
    private int _slots = 1;

    private LogPlaces(SafeFileHandle file) => _file = file;

    /// <summary>True when there was none, or none that is valid: nothing is known of what is in the log.</summary>
    public bool IsNew { get; private set; }

    /// <summary>The number of the last batch that is in the log.</summary>
    public long Batch { get; private set; }

    /// <summary>Every record of the <see cref="ControlSpool"/> before this was passed.</summary>
    public long Heard { get; private set; }

    /// <summary>Opens the file and reads everything in it.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static (LogPlaces Places, List<LogPlace> Found) Open(string path)
    {
        var places = new LogPlaces(File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite));
        try
        {
            return (places, places.ReadAll());
        }
        catch
        {
            places.Dispose();
            throw;
        }
    }

    /// <summary>A slot that nobody has.</summary>
    public int Take() => _free.TryPop(out var slot) ? slot : _slots++;

    /// <summary>Gives a slot back.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Free(int slot)
    {
        RandomAccess.Write(_file, Nothing, (long)slot * SlotBytes);
        _free.Push(slot);
    }

    /// <summary>Replaces a place.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Put(LogPlace place)
    {
        _slot.AsSpan().Clear();
        var length = place.Write(_slot.AsSpan(Prefix));
        BinaryPrimitives.WriteInt32LittleEndian(_slot.AsSpan(4), length);
        BinaryPrimitives.WriteUInt32LittleEndian(_slot, Crc32C.Append((uint)place.Slot, _slot.AsSpan(4)));
        RandomAccess.Write(_file, _slot, (long)place.Slot * SlotBytes);
    }

    /// <summary>Says that a batch is in the log, after its places were put.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Finish(long batch, long heard)
    {
        _slot.AsSpan().Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(_slot.AsSpan(4), Magic);
        BinaryPrimitives.WriteInt64LittleEndian(_slot.AsSpan(8), batch);
        BinaryPrimitives.WriteInt64LittleEndian(_slot.AsSpan(16), heard);
        BinaryPrimitives.WriteUInt32LittleEndian(_slot, Crc32C.Append(0, _slot.AsSpan(4)));
        RandomAccess.Write(_file, _slot, 0);
        (Batch, Heard) = (batch, heard);
    }

    public void Dispose() => _file.Dispose();

    private List<LogPlace> ReadAll()
    {
        var found = new List<LogPlace>();
        if (!Read(0) || BinaryPrimitives.ReadUInt32LittleEndian(_slot) != Crc32C.Append(0, _slot.AsSpan(4)) || BinaryPrimitives.ReadUInt32LittleEndian(_slot.AsSpan(4)) != Magic)
        {
            RandomAccess.SetLength(_file, 0);
            IsNew = true;
            return found;
        }

        Batch = BinaryPrimitives.ReadInt64LittleEndian(_slot.AsSpan(8));
        Heard = BinaryPrimitives.ReadInt64LittleEndian(_slot.AsSpan(16));
        for (; Read(_slots); _slots++)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(_slot) == Crc32C.Append((uint)_slots, _slot.AsSpan(4))
                && LogPlace.Read(_slot.AsSpan(Prefix), out _) is { } place && place.Slot == _slots)
            {
                found.Add(place);
            }
            else
            {
                _free.Push(_slots);
            }
        }

        return found;
    }

    private bool Read(int slot) => RandomAccess.Read(_file, _slot, (long)slot * SlotBytes) == SlotBytes;
}
