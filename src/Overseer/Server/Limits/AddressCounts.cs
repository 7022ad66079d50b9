using System.Net;
using System.Net.Sockets;

namespace Overseer.Server.Limits;

/// <summary>How much each address has of something, up to a bound. An IPv6 network of 64 bits counts as one address: one machine has all of it. Thread-safe.</summary>
internal sealed class AddressCounts(Func<int> most)
{
    private const int NetworkBytes = 8;
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _counts = [];

    /// <summary>Counts one more; false, and nothing is counted, when the address has all it may have.</summary>
    public bool TryEnter(IPAddress address)
    {
        var key = Key(address);
        lock (_gate)
        {
            var count = _counts.GetValueOrDefault(key);
            if (count >= most())
            {
                return false;
            }

            _counts[key] = count + 1;
            return true;
        }
    }

    /// <summary>Takes one that was counted back.</summary>
    public void Leave(IPAddress address)
    {
        var key = Key(address);
        lock (_gate)
        {
            if (_counts[key] is > 1 and var count)
            {
                _counts[key] = count - 1;
            }
            else
            {
                _counts.Remove(key);
            }
        }
    }

    private static IPAddress Key(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address))
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new IPAddress(bytes);
    }
}
