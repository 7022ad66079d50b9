using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Overseer.Server.Audit;

/// <summary>
/// Sees to it that refusals cannot fill a disk: each peer has so many lines a minute, all peers together ten times as many, the rest is counted. Keeps a
/// bounded number of peers. Thread-safe.
/// </summary>
/// <param name="perMinute">Lines of one peer.</param>
internal sealed class RefusalMeter(int perMinute)
{
    private const int MostPeers = 1024;
    private const int AllFactor = 10;
    private const string Others = "other peers";
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Count> _byPeer = new(StringComparer.Ordinal);
    private readonly Count _all = new();

    /// <summary>Whether a refusal of this peer gets a line of its own; else it is counted.</summary>
    public bool Take(string peer, DateTimeOffset now)
    {
        lock (_gate)
        {
            var mine = CountOf_NeedsLock(peer, now);
            if (now - _all.Since >= Window)
            {
                (_all.Since, _all.Written) = (now, 0);
            }

            if (mine.Written >= perMinute || _all.Written >= (long)perMinute * AllFactor)
            {
                mine.More++;
                return false;
            }

            mine.Written++;
            _all.Written++;
            return true;
        }
    }

    /// <summary>The peers whose minute is over, with how many of their refusals had no line; they are forgotten.</summary>
    public IReadOnlyList<(string Peer, long More)> Sweep(DateTimeOffset now, bool everything = false)
    {
        var over = new List<(string, long)>();
        lock (_gate)
        {
            foreach (var (peer, count) in _byPeer)
            {
                if (everything || now - count.Since >= Window)
                {
                    _byPeer.Remove(peer);
                    if (count.More > 0)
                    {
                        over.Add((peer, count.More));
                    }
                }
            }
        }

        return over;
    }

    /// <summary>What counts as one peer: an address, of IPv6 the network of 64 bits; without an address the user.</summary>
    public static string PeerOf(IPAddress? address, int? uid)
    {
        if (address is null)
        {
            return string.Create(CultureInfo.InvariantCulture, $"uid {uid ?? -1}");
        }

        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address))
        {
            return address.ToString();
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return $"{new IPAddress(bytes)}/64";
    }

    private Count CountOf_NeedsLock(string peer, DateTimeOffset now)
    {
        if (_byPeer.TryGetValue(peer, out var known))
        {
            return known;
        }

        if (_byPeer.Count >= MostPeers)
        {
            peer = Others;
            if (_byPeer.TryGetValue(peer, out known))
            {
                return known;
            }
        }

        return _byPeer[peer] = new Count { Since = now };
    }

    private sealed class Count
    {
        public DateTimeOffset Since { get; set; }

        public long Written { get; set; }

        public long More { get; set; }
    }
}
