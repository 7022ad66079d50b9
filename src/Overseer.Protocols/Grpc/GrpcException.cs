using System.Diagnostics.CodeAnalysis;

namespace Overseer.Protocols.Grpc;

/// <summary>A call did not succeed. Other calls may still be made on the connection, unless the code is <see cref="GrpcCode.Unavailable"/>.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "It has no meaning without a status.")]
[SuppressMessage("Roslynator", "RCS1194:Implement exception constructors", Justification = "It has no meaning without a status.")]
internal sealed class GrpcException(GrpcStatus status, Exception? inner = null) : Exception(status.ToString(), inner)
{
    public GrpcStatus Status { get; } = status;
}
