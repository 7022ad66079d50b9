// Counts connections from the moment they are accepted, before a byte of them is read, until their sockets are closed: those that say nothing are
// the ones to be afraid of, and what is counted later or less long does not bound descriptors. Who is one too many is not cut off without a word. The
// connection goes on to the HTTP server, marked, gets 503 with the reason, and is closed; only when too many of these are under way as well is
// it turned away where it was accepted.
//
// Connections over UNIX sockets have a bound of their own, so that nobody on the network can keep the machine's owner out. A trusted proxy may
// have as many as all together: whom it brings is counted by the client's own address, once that is known (see TryEnter).

using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Overseer.Server.Limits;

/// <summary>Bounds the connections of everybody together and of each address. Thread-safe.</summary>
internal sealed class ConnectionLimiter(Func<ServerLimits> limits, Func<IPAddress, bool> isProxy, TimeProvider clock, ILogger log)
{
    private const int FewestRefusals = 16;
    private const int MostRefusals = 256;
    private readonly AddressCounts _byAddress = new(() => limits().MaxConnectionsPerAddress);
    private readonly QuietLog _refused = new(clock);
    private int _network;
    private int _local;
    private int _refusing;

    /// <summary>Why this request's connection is one too many; null when it is not.</summary>
    public static string? RefusalOf(HttpContext http) => SeatOf(http)?.Refusal;

    /// <summary>Gives the place of this request's connection back before the connection ends, so that who hears of the end finds room.</summary>
    public static void Leave(HttpContext http) => SeatOf(http)?.Dispose();

    /// <summary>
    /// A place for a connection that was accepted from this address, or from a UNIX socket when that is null. It may be that of one that is to be refused
    /// (<see cref="ConnectionSeat.Refusal"/>). Null when there are too many even of these: then it must be closed at once.
    /// </summary>
    public ConnectionSeat? Accept(IPAddress? address)
    {
        if (Enter(address, out var refusal) is { } seat)
        {
            return seat;
        }

        Note(address, refusal);
        if (Interlocked.Increment(ref _refusing) <= Math.Clamp(limits().MaxConnections / 4, FewestRefusals, MostRefusals))
        {
            return new ConnectionSeat(() => Interlocked.Decrement(ref _refusing)) { Refusal = refusal };
        }

        Interlocked.Decrement(ref _refusing);
        return null;
    }

    /// <summary>Counts a client that a proxy brought, by its own address; null when that has all it may have.</summary>
    public IDisposable? TryEnter(IPAddress client, out string refusal)
    {
        refusal = TooManyOf(client);
        if (_byAddress.TryEnter(client))
        {
            return new ConnectionSeat(() => _byAddress.Leave(client));
        }

        Note(client, refusal);
        return null;
    }

    private static ConnectionSeat? SeatOf(HttpContext http) =>
        http.Features.GetRequiredFeature<IConnectionItemsFeature>().Items.TryGetValue(ConnectionSeat.Key, out var seat) ? (ConnectionSeat?)seat : null;

    private ConnectionSeat? Enter(IPAddress? address, out string refusal)
    {
        refusal = $"too many connections (limits.max_connections is {limits().MaxConnections})";
        if (address is null)
        {
            return TryCount(ref _local) ? new ConnectionSeat(() => Interlocked.Decrement(ref _local)) : null;
        }

        // By address first: who has too many of its own is told that, whatever the others have.
        var counted = !isProxy(address);
        if (counted && !_byAddress.TryEnter(address))
        {
            refusal = TooManyOf(address);
            return null;
        }

        if (TryCount(ref _network))
        {
            return new ConnectionSeat(() =>
            {
                Interlocked.Decrement(ref _network);
                LeaveAddress();
            });
        }

        LeaveAddress();
        return null;

        void LeaveAddress()
        {
            if (counted)
            {
                _byAddress.Leave(address);
            }
        }
    }

    private bool TryCount(ref int count)
    {
        if (Interlocked.Increment(ref count) <= limits().MaxConnections)
        {
            return true;
        }

        Interlocked.Decrement(ref count);
        return false;
    }

    private string TooManyOf(IPAddress address) =>
        $"too many connections from {(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)} (limits.max_connections_per_address is {limits().MaxConnectionsPerAddress})";

    private void Note(IPAddress? address, string refusal)
    {
        if (_refused.TryTake(out var unsaid))
        {
            ServerLog.TooMany(log, address?.ToString() ?? "a UNIX socket", refusal, unsaid);
        }
    }
}
