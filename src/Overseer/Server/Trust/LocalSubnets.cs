using System.Net;
using System.Net.NetworkInformation;

namespace Overseer.Server.Trust;

/// <summary>Whom a server trusts that was told nothing: this machine and its private networks.</summary>
public static class LocalSubnets
{
    /// <summary>Both families' loopback.</summary>
    public static IReadOnlyList<CidrBlock> Loopback { get; } = [Block("127.0.0.0/8"), Block("::1/128")];

    /// <summary>
    /// Ranges that are not routed on the Internet: RFC 1918, shared address space (RFC 6598, also used by overlay networks), link-local, unique
    /// local. A subnet that is not wholly inside one of them may hold anybody.
    /// </summary>
    private static readonly CidrBlock[] Private =
    [
        .. Loopback, Block("10.0.0.0/8"), Block("172.16.0.0/12"), Block("192.168.0.0/16"), Block("169.254.0.0/16"), Block("100.64.0.0/10"),
        Block("fc00::/7"), Block("fe80::/10"),
    ];

    /// <summary>Loopback and the private subnets among <paramref name="interfaces"/>, each once.</summary>
    /// <param name="interfaces">Addresses of this machine with the prefix lengths of their subnets.</param>
    /// <param name="leftOut">The subnets that were left out because they are globally routable.</param>
    public static IReadOnlyList<CidrBlock> Trusted(IEnumerable<(IPAddress Address, int PrefixLength)> interfaces, out IReadOnlyList<CidrBlock> leftOut)
    {
        var trusted = new List<CidrBlock>(Loopback);
        var refused = new List<CidrBlock>();
        foreach (var (address, prefixLength) in interfaces)
        {
            var subnet = new CidrBlock(address, prefixLength);
            var list = Array.Exists(Private, range => range.Contains(subnet)) ? trusted : refused;
            if (!list.Exists(known => known.Contains(subnet))) list.Add(subnet);
        }

        leftOut = refused;
        return trusted;
    }

    /// <summary>The addresses of all interfaces that are up; empty when the system does not tell.</summary>
    public static IReadOnlyList<(IPAddress Address, int PrefixLength)> OfThisMachine()
    {
        var found = new List<(IPAddress, int)>();
        try
        {
            foreach (var network in NetworkInterface.GetAllNetworkInterfaces())
            {
                if (network.OperationalStatus == OperationalStatus.Down) continue;
                foreach (var address in network.GetIPProperties().UnicastAddresses) found.Add((address.Address, address.PrefixLength));
            }
        }
        catch (NetworkInformationException)
        {
            return found; // loopback alone is then trusted, which errs on the safe side
        }

        return found;
    }

    private static CidrBlock Block(string text) => CidrBlock.Parse(text) ?? throw new FormatException(text);
}
