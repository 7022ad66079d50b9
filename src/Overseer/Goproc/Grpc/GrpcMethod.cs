using System.Buffers;
using Google.Protobuf;
using Overseer.Protocols.Grpc;

namespace Overseer.Goproc.Grpc;

/// <summary>A unary method: from the bytes of a request to a result.</summary>
internal sealed class GrpcMethod
{
    private readonly Func<ReadOnlySequence<byte>, CancellationToken, Task<GrpcResult>> _invoke;

    private GrpcMethod(Func<ReadOnlySequence<byte>, CancellationToken, Task<GrpcResult>> invoke) => _invoke = invoke;

    /// <summary>A method whose handler gets the message.</summary>
    public static GrpcMethod Unary<TRequest>(MessageParser<TRequest> parser, Func<TRequest, CancellationToken, Task<GrpcResult>> handler)
        where TRequest : class, IMessage<TRequest> => new((bytes, cancellation) =>
        {
            TRequest request;
            try
            {
                request = parser.ParseFrom(bytes);
            }
            catch (InvalidProtocolBufferException e)
            {
                return Task.FromResult<GrpcResult>(new GrpcResult.Refusal(GrpcCode.Internal, $"grpc: error unmarshalling request: {e.Message}"));
            }

            return handler(request, cancellation);
        });

    /// <summary>Runs it.</summary>
    public Task<GrpcResult> InvokeAsync(ReadOnlySequence<byte> request, CancellationToken cancellation) => _invoke(request, cancellation);
}
