namespace Overseer.Protocols.Grpc;

/// <summary>How a call ended, and in which words.</summary>
internal sealed record GrpcStatus(GrpcCode Code, string Message)
{
    public static GrpcStatus Ok { get; } = new(GrpcCode.OK, "");

    /// <summary>What Go says of a call that took too long, on either side.</summary>
    public static GrpcStatus DeadlineExceeded { get; } = new(GrpcCode.DeadlineExceeded, "context deadline exceeded");

    /// <summary>As Go's library prints an error.</summary>
    public override string ToString() => $"rpc error: code = {Code} desc = {Message}";
}
