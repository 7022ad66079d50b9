using System.Buffers.Binary;
using System.Text;
using Overseer.Recorder.Journal;

namespace Overseer.EventLog;

/// <summary>One of the engine's events as it lies in the <see cref="ControlSpool"/>.</summary>
internal sealed record ControlRecord
{
    /// <summary>Bytes before the part that has the checksum: its length, the checksum, and whether the record counts.</summary>
    public const int Prefix = 9;

    /// <summary>Where in them it is said whether the record counts.</summary>
    public const int VoidAt = 8;

    private const int Fixed = 31;
    private const int MostBytes = 16 << 20;

    /// <summary>Where it begins, counted over all files.</summary>
    public long Offset { get; init; }

    /// <summary>Where the next one begins.</summary>
    public long End { get; init; }

    /// <summary>False when the engine's decision was never stored: then it was taken again, by the next server.</summary>
    public bool Counts { get; init; } = true;

    /// <summary>Number of the engine's batch.</summary>
    public required long Batch { get; init; }

    /// <summary>What it is to the log.</summary>
    public required LogMark Mark { get; init; }

    /// <summary>The run that began or ended; empty for all else.</summary>
    public Guid Run { get; init; }

    /// <summary>The task.</summary>
    public required string TaskId { get; init; }

    /// <summary>The message as clients see it.</summary>
    public required ReadOnlyMemory<byte> Json { get; init; }

    /// <summary>The most bytes that <see cref="Write"/> takes.</summary>
    public int MaxBytes => Prefix + Fixed + Encoding.UTF8.GetMaxByteCount(TaskId.Length) + Json.Length;

    /// <summary>Writes the record and returns how many bytes that took.</summary>
    public int Write(Span<byte> to)
    {
        var rest = to[Prefix..];
        BinaryPrimitives.WriteInt64LittleEndian(rest, Batch);
        rest[8] = (byte)Mark.Kind;
        BinaryPrimitives.WriteInt32LittleEndian(rest[9..], Mark.Pid);
        Run.TryWriteBytes(rest[13..]);
        var id = Encoding.UTF8.GetBytes(TaskId, rest[Fixed..]);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[29..], (ushort)id);
        Json.Span.CopyTo(rest[(Fixed + id)..]);
        rest = rest[..(Fixed + id + Json.Length)];
        BinaryPrimitives.WriteInt32LittleEndian(to, rest.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(to[4..], Crc32C.Append(0, rest));
        to[VoidAt] = 0;
        return Prefix + rest.Length;
    }

    /// <summary>How many bytes the record has that begins here; 0 when there are too few to say, -1 when it is none.</summary>
    public static int LengthOf(ReadOnlySpan<byte> from)
    {
        if (from.Length < Prefix)
        {
            return 0;
        }

        var rest = BinaryPrimitives.ReadInt32LittleEndian(from);
        return rest is >= Fixed and <= MostBytes ? Prefix + rest : -1;
    }

    /// <summary>Reads a record that is there whole; null when it is damaged.</summary>
    public static ControlRecord? Read(ReadOnlySpan<byte> from, long offset)
    {
        var rest = from[Prefix..];
        var id = BinaryPrimitives.ReadUInt16LittleEndian(rest[29..]);
        if (Crc32C.Append(0, rest) != BinaryPrimitives.ReadUInt32LittleEndian(from[4..]) || Fixed + id > rest.Length)
        {
            return null;
        }

        return new ControlRecord
        {
            Offset = offset,
            End = offset + from.Length,
            Counts = from[VoidAt] == 0,
            Batch = BinaryPrimitives.ReadInt64LittleEndian(rest),
            Mark = new LogMark((ControlKind)rest[8], BinaryPrimitives.ReadInt32LittleEndian(rest[9..])),
            Run = new Guid(rest.Slice(13, 16)),
            TaskId = Encoding.UTF8.GetString(rest.Slice(Fixed, id)),
            Json = rest[(Fixed + id)..].ToArray(),
        };
    }
}
