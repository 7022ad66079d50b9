using System.Net;
using System.Net.Sockets;
using Overseer.Configuration;
using Overseer.Recorder.Processes;

namespace Overseer.Diagnosis;

/// <summary>Whether a server can listen where it is to, or already does.</summary>
internal sealed class PortExamination : IExamination
{
    public string Name => "listen";

    public IEnumerable<Finding> Examine(Patient patient) => patient.Configuration.Listen.SelectMany(address => address switch
    {
        ListenAddress.Tcp tcp => Of(tcp, patient),
        ListenAddress.UnixSocket unix => [Of(unix, patient)],
        _ => [],
    });

    private IEnumerable<Finding> Of(ListenAddress.Tcp tcp, Patient patient)
    {
        IPAddress[] addresses;
        string? unresolved = null;
        try
        {
            addresses = tcp.Host.Length == 0 ? [Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any] : tcp.Address is { } one ? [one] : Dns.GetHostAddresses(tcp.Host);
        }
        catch (SocketException e)
        {
            (addresses, unresolved) = ([], e.Message);
        }

        if (addresses.Length == 0)
        {
            yield return Finding.Failed(Name, $"{tcp}: the name has no address ({unresolved ?? "none was found"})", "correct the name in listen, or in /etc/hosts");
        }

        foreach (var address in addresses)
        {
            yield return Of(tcp, address, patient);
        }
    }

    private Finding Of(ListenAddress.Tcp tcp, IPAddress address, Patient patient)
    {
        try
        {
            // Nobody can connect to a socket that does not listen: whoever wants the port meanwhile is refused for a moment at most.
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(new IPEndPoint(address, tcp.Port));
            return Finding.Ok(Name, $"{tcp} is free");
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            var holders = PortHolders.Of(tcp.Port).ToList();
            return patient.ServerPid is { } server && holders.Exists(holder => holder.Pid == server)
                ? Finding.Ok(Name, $"{tcp}: the server listens (pid {server})")
                : Finding.Failed(Name, $"{tcp} is in use by {(holders.Count == 0 ? "somebody who cannot be seen from here" : string.Join(", ", holders))}", "end it, or listen elsewhere");
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
            return Finding.Failed(Name, $"{tcp}: user {CurrentUser.Id} may not use this port", "use one from 1024 on, or give the program CAP_NET_BIND_SERVICE (AmbientCapabilities= in its unit)");
        }
        catch (SocketException e)
        {
            return Finding.Failed(Name, $"{tcp}: {e.Message}", "listen at an address that this machine has");
        }
    }

    private Finding Of(ListenAddress.UnixSocket unix, Patient patient)
    {
        var path = Path.GetFullPath(unix.Path);
        var directory = Path.GetDirectoryName(path)!;
        if (!File.Exists(path))
        {
            return Directory.Exists(directory) && Access.CanWrite(directory)
                ? Finding.Ok(Name, $"{unix} is free")
                : Finding.Failed(Name, $"{unix}: {directory} does not exist or is not writable", $"make the directory {directory} and give it to user {CurrentUser.Id}, or listen elsewhere");
        }

        if (!FileOwner.IsSocket(path))
        {
            return Finding.Failed(Name, $"{unix}: a file is in the way that is no socket", "remove it, or listen elsewhere");
        }

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return Finding.Ok(Name, $"{unix}: a former server has left its socket there, which the next one replaces");
        }
        catch (SocketException e)
        {
            return Finding.Failed(Name, $"{unix}: the socket that is there cannot be tried ({e.Message})", "run this as the socket's owner; else remove it, or listen elsewhere");
        }

        return patient.ServerPid is { } server
            ? Finding.Ok(Name, $"{unix}: the server listens (pid {server})")
            : Finding.Failed(Name, $"{unix}: another server answers there", "stop it, or listen elsewhere");
    }
}
