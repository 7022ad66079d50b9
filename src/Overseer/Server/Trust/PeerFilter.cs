using System.Net;
using System.Net.Sockets;

namespace Overseer.Server.Trust;

/// <summary>
/// The first gate: who may connect, by network address (<c>trusted_cidrs</c>). UNIX sockets and stdio do not come through here: their gate is
/// the file system. Immutable; safe from all threads.
/// </summary>
public sealed class PeerFilter
{
    private readonly CidrBlock[] _trusted;

    private PeerFilter(IReadOnlyList<CidrBlock> trusted, string summary)
    {
        _trusted = [.. trusted];
        Summary = summary;
    }

    /// <summary>One line for the log at start: which blocks are trusted, where that comes from, and what was left out.</summary>
    public string Summary { get; }

    /// <summary>The blocks whose addresses are let in.</summary>
    public IReadOnlyList<CidrBlock> Trusted => _trusted;

    /// <summary>A filter for configured blocks, or for loopback and this machine's private subnets when there are none.</summary>
    /// <param name="configured">The value of <c>trusted_cidrs</c>.</param>
    public static PeerFilter Create(IReadOnlyList<CidrBlock> configured) =>
        configured.Count > 0 ? new(configured, $"peers from {List(configured)} (trusted_cidrs)") : OfSubnets(LocalSubnets.OfThisMachine());

    /// <summary>The filter of a server that was told nothing, on a machine with these addresses.</summary>
    public static PeerFilter OfSubnets(IEnumerable<(IPAddress Address, int PrefixLength)> interfaces)
    {
        var trusted = LocalSubnets.Trusted(interfaces, out var leftOut);
        var rest = leftOut.Count == 0 ? "" : $"; left out because globally routable: {List(leftOut)}";
        return new(trusted, $"peers from {List(trusted)} (loopback and this machine's private subnets, as trusted_cidrs is not set){rest}");
    }

    /// <summary>Whether a peer is let in.</summary>
    /// <param name="peer">
    /// Where the connection comes from: an <see cref="IPEndPoint"/>, or a <see cref="UnixDomainSocketEndPoint"/>, which always is. Anything
    /// else, null included, is refused.
    /// </param>
    public TrustVerdict Check(EndPoint? peer) => peer switch
    {
        UnixDomainSocketEndPoint => TrustVerdict.Allow,
        IPEndPoint { Address: var address } => Check(address),
        _ => TrustVerdict.Refuse("the peer has no address"),
    };

    /// <summary>Whether a peer at an address is let in.</summary>
    public TrustVerdict Check(IPAddress address)
    {
        foreach (var block in _trusted)
        {
            if (block.Contains(address)) return TrustVerdict.Allow;
        }

        var shown = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return TrustVerdict.Refuse($"{shown} is outside trusted_cidrs");
    }

    private static string List(IEnumerable<CidrBlock> blocks) => string.Join(", ", blocks);
}
