namespace Overseer.Goproc.Grpc;

/// <summary>The bounds of a gRPC server.</summary>
internal sealed record GrpcServerOptions
{
    /// <summary>The largest message a client may send, in bytes (<c>limits.max_message_bytes</c>).</summary>
    public required int MaxMessageBytes { get; init; }

    /// <summary>Connections at one time (<c>limits.max_connections</c>); others are closed at once.</summary>
    public required int MaxConnections { get; init; }
}
