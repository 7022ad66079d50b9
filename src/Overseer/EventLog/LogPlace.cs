using System.Buffers.Binary;
using System.Text;
using Overseer.Recorder.Journal;

namespace Overseer.EventLog;

/// <summary>How far a task is in the event log.</summary>
internal sealed record LogPlace
{
    /// <summary>The most bytes that <see cref="Write"/> takes: an id has at most 256.</summary>
    public const int MaxBytes = Fixed + 256;

    private const int Fixed = 72;

    /// <summary>Where it is kept in <see cref="LogPlaces"/>.</summary>
    public required int Slot { get; init; }

    /// <summary>The task.</summary>
    public required string TaskId { get; init; }

    /// <summary>Its journal; empty as long as nothing of one is in the log.</summary>
    public Guid Journal { get; init; }

    /// <summary>Directly after the last event of the journal that is in the log.</summary>
    public JournalPosition Position { get; init; }

    /// <summary>The number of the next line there.</summary>
    public long NextLine { get; init; } = 1;

    /// <summary>The number that the first line shown from there on gets; 0 when that is not known.</summary>
    public long NextSeq { get; init; }

    /// <summary>The end of the last record of the <see cref="ControlSpool"/> that is in the log, or was passed over.</summary>
    public long Heard { get; init; }

    /// <summary>The last start or exit of the journal that is in the log.</summary>
    public LogMark Mark { get; init; }

    /// <summary>True once the task is forgotten: only <see cref="Heard"/> matters still.</summary>
    public bool Gone { get; init; }

    /// <summary>Writes it and returns how many bytes that took.</summary>
    public int Write(Span<byte> to)
    {
        Journal.TryWriteBytes(to);
        BinaryPrimitives.WriteInt64LittleEndian(to[16..], Position.Segment);
        BinaryPrimitives.WriteInt64LittleEndian(to[24..], Position.Offset);
        BinaryPrimitives.WriteInt32LittleEndian(to[32..], Position.Step);
        BinaryPrimitives.WriteInt32LittleEndian(to[36..], Slot);
        BinaryPrimitives.WriteInt64LittleEndian(to[40..], NextLine);
        BinaryPrimitives.WriteInt64LittleEndian(to[48..], Heard);
        BinaryPrimitives.WriteInt32LittleEndian(to[56..], Mark.Pid);
        to[60] = (byte)Mark.Kind;
        to[61] = Gone ? (byte)1 : (byte)0;
        var length = Encoding.UTF8.GetBytes(TaskId, to[Fixed..]);
        BinaryPrimitives.WriteUInt16LittleEndian(to[62..], (ushort)length);
        BinaryPrimitives.WriteInt64LittleEndian(to[64..], NextSeq);
        return Fixed + length;
    }

    /// <summary>Reads what <see cref="Write"/> wrote; null when that cannot be.</summary>
    public static LogPlace? Read(ReadOnlySpan<byte> from, out int bytes)
    {
        bytes = 0;
        if (from.Length < Fixed || BinaryPrimitives.ReadUInt16LittleEndian(from[62..]) is var length && (length > MaxBytes - Fixed || from.Length < Fixed + length))
        {
            return null;
        }

        bytes = Fixed + length;
        return new LogPlace
        {
            Journal = new Guid(from[..16]),
            Position = new JournalPosition(
                BinaryPrimitives.ReadInt64LittleEndian(from[16..]),
                BinaryPrimitives.ReadInt64LittleEndian(from[24..]),
                BinaryPrimitives.ReadInt32LittleEndian(from[32..])),
            Slot = BinaryPrimitives.ReadInt32LittleEndian(from[36..]),
            NextLine = BinaryPrimitives.ReadInt64LittleEndian(from[40..]),
            NextSeq = BinaryPrimitives.ReadInt64LittleEndian(from[64..]),
            Heard = BinaryPrimitives.ReadInt64LittleEndian(from[48..]),
            Mark = new LogMark((ControlKind)from[60], BinaryPrimitives.ReadInt32LittleEndian(from[56..])),
            Gone = from[61] != 0,
            TaskId = Encoding.UTF8.GetString(from.Slice(Fixed, length)),
        };
    }
}
