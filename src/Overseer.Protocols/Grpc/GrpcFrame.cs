using System.Buffers.Binary;

namespace Overseer.Protocols.Grpc;

/// <summary>What stands before each message in a body: whether it is compressed, and its length.</summary>
internal static class GrpcFrame
{
    public const int PrefixBytes = 5;

    public static void WritePrefix(Span<byte> destination, int messageBytes)
    {
        destination[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(destination[1..], (uint)messageBytes);
    }

    public static (byte Compressed, uint Length) ReadPrefix(ReadOnlySpan<byte> prefix) => (prefix[0], BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]));
}
