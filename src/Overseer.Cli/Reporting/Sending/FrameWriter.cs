using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Overseer.Cli.Reporting.Sending;

/// <summary>Writes frames as a client has to, masked (RFC 6455, 5.2), many into one buffer: a write for each would cost more than all the rest. Not thread-safe.</summary>
internal sealed class FrameWriter(Random random)
{
    private const byte Final = 0x80;
    private const byte Masked = 0x80;

    /// <summary>Writes a frame.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="opcode">What it is.</param>
    /// <param name="payload">What is in it.</param>
    internal void Write(IBufferWriter<byte> destination, FrameKind opcode, ReadOnlySpan<byte> payload)
    {
        Span<byte> frame = destination.GetSpan(14 + payload.Length);
        frame[0] = (byte)(Final | (int)opcode);
        int at = 2;
        switch (payload.Length)
        {
            case < 126:
                frame[1] = (byte)(Masked | payload.Length);
                break;
            case <= ushort.MaxValue:
                frame[1] = Masked | 126;
                BinaryPrimitives.WriteUInt16BigEndian(frame[at..], (ushort)payload.Length);
                at += 2;
                break;
            default:
                frame[1] = Masked | 127;
                BinaryPrimitives.WriteInt64BigEndian(frame[at..], payload.Length);
                at += 8;
                break;
        }
        int mask = random.Next();
        MemoryMarshal.Write(frame[at..], mask);
        at += sizeof(int);
        Mask(payload, frame[at..], mask);
        destination.Advance(at + payload.Length);
    }

    private static void Mask(ReadOnlySpan<byte> from, Span<byte> to, int mask)
    {
        int at = 0;
        ulong twice = ((ulong)(uint)mask << 32) | (uint)mask;
        for (; from.Length - at >= sizeof(ulong); at += sizeof(ulong))
            MemoryMarshal.Write(to[at..], MemoryMarshal.Read<ulong>(from[at..]) ^ twice);
        for (; at < from.Length; at++)
            to[at] = (byte)(from[at] ^ (byte)(mask >> (at % sizeof(int) * 8)));
    }
}
