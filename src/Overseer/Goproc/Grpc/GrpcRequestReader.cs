using System.Buffers;
using System.IO.Pipelines;
using Overseer.Protocols.Grpc;

namespace Overseer.Goproc.Grpc;

/// <summary>Reads the one message of a unary request. Nothing is read of a message that is refused for what stands before it.</summary>
internal static class GrpcRequestReader
{
    /// <summary>Reads a message.</summary>
    /// <returns>The message, or why it is refused. A message belongs to the reader until the request ends.</returns>
    public static async ValueTask<(ReadOnlySequence<byte> Message, GrpcStatus? Refusal)> ReadAsync(PipeReader body, int maxMessageBytes, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancellation);
            var buffer = read.Buffer;
            if (buffer.Length < GrpcFrame.PrefixBytes)
            {
                if (read.IsCompleted)
                {
                    return (default, new GrpcStatus(GrpcCode.Internal, buffer.IsEmpty ? "the request has no message" : "the request ends within the prefix of its message"));
                }

                body.AdvanceTo(buffer.Start, buffer.End);
                continue;
            }

            var (compressed, length) = Prefix(buffer);
            if (Refusal(compressed, length, maxMessageBytes) is { } refusal)
            {
                return (default, refusal);
            }

            var whole = GrpcFrame.PrefixBytes + (long)length;
            if (buffer.Length > whole)
            {
                return (default, new GrpcStatus(GrpcCode.Internal, "the request has more than one message; all methods are unary"));
            }

            if (read.IsCompleted)
            {
                return buffer.Length < whole
                    ? (default, new GrpcStatus(GrpcCode.Internal, $"the request ends after {buffer.Length - GrpcFrame.PrefixBytes} of the {length} bytes of its message"))
                    : (buffer.Slice(GrpcFrame.PrefixBytes), null);
            }

            body.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static (byte Compressed, uint Length) Prefix(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> prefix = stackalloc byte[GrpcFrame.PrefixBytes];
        buffer.Slice(0, GrpcFrame.PrefixBytes).CopyTo(prefix);
        return GrpcFrame.ReadPrefix(prefix);
    }

    private static GrpcStatus? Refusal(byte compressed, uint length, int maxMessageBytes) => compressed switch
    {
        1 => new GrpcStatus(GrpcCode.Unimplemented, "the message is compressed, which is not supported; send it as it is (grpc-encoding identity)"),
        not 0 => new GrpcStatus(GrpcCode.Internal, $"the compressed flag is {compressed}; it must be 0 or 1"),
        _ when length > (uint)maxMessageBytes => new GrpcStatus(GrpcCode.ResourceExhausted, $"grpc: received message larger than max ({length} vs. {maxMessageBytes}); the limit is limits.max_message_bytes"),
        _ => null,
    };
}
