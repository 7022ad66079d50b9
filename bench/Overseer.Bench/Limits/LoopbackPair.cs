using System.Net;
using System.Net.Sockets;

namespace Overseer.Bench;

/// <summary>A TCP connection over the loopback interface, both ends here.</summary>
internal sealed record LoopbackPair(Socket Sender, WireClient Receiver) : IDisposable
{
    internal static LoopbackPair Make(bool ofHub = false)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var receiver = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        receiver.Connect(listener.LocalEndPoint!);
        var sender = listener.Accept();
        sender.NoDelay = true;
        return new LoopbackPair(sender, new WireClient(receiver, ofHub));
    }

    public void Dispose()
    {
        Sender.Dispose();
        Receiver.Dispose();
    }
}
