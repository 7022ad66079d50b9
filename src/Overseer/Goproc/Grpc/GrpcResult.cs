using Google.Protobuf;
using Overseer.Protocols.Grpc;

namespace Overseer.Goproc.Grpc;

/// <summary>What a method made of a request. A closed hierarchy.</summary>
internal abstract record GrpcResult
{
    private GrpcResult()
    {
    }

    /// <summary>It was done.</summary>
    public sealed record Answer(IMessage Message) : GrpcResult;

    /// <summary>It was not.</summary>
    public sealed record Refusal(GrpcStatus Status) : GrpcResult
    {
        public Refusal(GrpcCode code, string message)
            : this(new GrpcStatus(code, message))
        {
        }
    }
}
