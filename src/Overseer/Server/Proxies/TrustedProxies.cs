using System.Net;
using Overseer.Server.Trust;

namespace Overseer.Server.Proxies;

/// <summary>Whose word counts about where a request comes from (<c>trusted_proxies</c>). Immutable.</summary>
/// <param name="Addresses">Proxies by address.</param>
/// <param name="UnixSockets">Whether whoever may open our UNIX sockets is one.</param>
public sealed record TrustedProxies(IReadOnlyList<CidrBlock> Addresses, bool UnixSockets)
{
    /// <summary>The word that stands for UNIX sockets.</summary>
    public const string UnixWord = "unix";

    /// <summary>Nobody's.</summary>
    public static TrustedProxies None { get; } = new([], UnixSockets: false);

    /// <summary>Whether a peer is a proxy; null is one on a UNIX socket.</summary>
    public bool Include(IPAddress? address)
    {
        if (address is null)
        {
            return UnixSockets;
        }

        foreach (var block in Addresses)
        {
            if (block.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
