namespace Overseer.Protocols.Grpc;

/// <summary>The answer to a unary call.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Message">The message as it came; empty when there is none.</param>
internal readonly record struct GrpcReply(GrpcStatus Status, byte[] Message);
