using System.Buffers.Binary;
using Overseer.Recorder.Journal;

namespace Overseer.Cli.Reporting.Spooling;

/// <summary>
/// A record as it lies in a segment, in little endian: length of the payload, a checksum over all that follows, the kind and three zeros, how many lines it stands for, then the payload.
/// </summary>
internal readonly ref struct SpoolRecord
{
    internal const int HeaderBytes = 16;

    /// <summary>No message is longer: a length above it is no length.</summary>
    internal const int MaxPayloadBytes = 1 << 20;

    private const int KindAt = 8;
    private const int CountAt = 12;

    internal RecordKind Kind { get; private init; }

    /// <summary>How many lines it stands for; 1 for a line, 0 for what is none.</summary>
    internal int Lines { get; private init; }

    internal ReadOnlySpan<byte> Payload { get; private init; }

    /// <summary>The whole length, header included.</summary>
    internal int Length => HeaderBytes + Payload.Length;

    /// <summary>Writes a record.</summary>
    /// <param name="destination">Room for the header and the payload.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="lines">How many lines it stands for.</param>
    /// <param name="payload">What is to be sent.</param>
    /// <returns>Its length.</returns>
    internal static int Write(Span<byte> destination, RecordKind kind, int lines, ReadOnlySpan<byte> payload)
    {
        int length = HeaderBytes + payload.Length;
        BinaryPrimitives.WriteInt32LittleEndian(destination, payload.Length);
        BinaryPrimitives.WriteInt32LittleEndian(destination[KindAt..], (byte)kind);
        BinaryPrimitives.WriteInt32LittleEndian(destination[CountAt..], lines);
        payload.CopyTo(destination[HeaderBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], Crc32C.Append(uint.MaxValue, destination[KindAt..length]));
        return length;
    }

    /// <summary>The length of the record that begins here, header included; 0 when nothing that could be one begins here.</summary>
    internal static int LengthOf(ReadOnlySpan<byte> header)
    {
        if (header.Length < HeaderBytes)
            return 0;
        int length = BinaryPrimitives.ReadInt32LittleEndian(header);
        return length is < 0 or > MaxPayloadBytes ? 0 : HeaderBytes + length;
    }

    /// <summary>Reads the record that begins here; false when it is damaged or not there to its end.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out SpoolRecord record)
    {
        record = default;
        int length = LengthOf(bytes);
        if (length == 0 || length > bytes.Length || BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) != Crc32C.Append(uint.MaxValue, bytes[KindAt..length]))
            return false;
        record = new SpoolRecord
        {
            Kind = (RecordKind)bytes[KindAt],
            Lines = BinaryPrimitives.ReadInt32LittleEndian(bytes[CountAt..]),
            Payload = bytes[HeaderBytes..length],
        };
        return true;
    }
}
