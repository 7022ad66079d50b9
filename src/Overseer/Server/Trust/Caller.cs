using System.Net;

namespace Overseer.Server.Trust;

/// <summary>Who is at the other end of a connection: found once, when it comes in. Immutable.</summary>
internal sealed record Caller
{
    /// <summary>For logs: <c>uid 1000 (unix socket)</c>, <c>127.0.0.1:4242 uid 0</c>, <c>token "ci" from 10.0.0.3:5</c>. Never holds a secret.</summary>
    public required string Name { get; init; }

    /// <summary>Where it comes from; null for UNIX sockets and standard input.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The peer's user, where the kernel tells.</summary>
    public int? Uid { get; init; }

    /// <summary>Whether the kernel says that the peer is the server's own user; true for standard input.</summary>
    public bool IsOwner { get; init; }

    /// <summary>The name of its token; null when it brought none that is valid.</summary>
    public string? Token { get; init; }

    /// <summary>What it may do.</summary>
    public required Grant Grant { get; init; }
}
