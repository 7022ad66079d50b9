using System.Net.Sockets;
using Google.Protobuf;
using Overseer.Protocols.Grpc;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Goproc;

/// <summary>Our own client for calls, one after the other, off the test's thread.</summary>
internal sealed class GrpcClient : IDisposable
{
    private readonly Socket _socket;
    private readonly GrpcConnection _connection;
    private readonly string _service;

    private GrpcClient(Socket socket, string service)
    {
        _socket = socket;
        _connection = new GrpcConnection(new NetworkStream(socket), TimeProvider.System);
        _service = service;
    }

    public static GrpcClient Connect(string path, string service = "goproc.v1.GoProc", string? name = null)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        if (name is not null)
        {
            socket.Bind(new UnixDomainSocketEndPoint(name));
        }

        socket.Connect(new UnixDomainSocketEndPoint(path));
        return new GrpcClient(socket, service);
    }

    /// <summary>Makes a call with bytes.</summary>
    public Task<GrpcReply> CallAsync(string method, byte[] message, TimeSpan? timeout = null) => Task.Run(() => _connection.Call($"/{_service}/{method}", message, timeout ?? WireClient.Deadline));

    /// <summary>Makes a call that must succeed.</summary>
    public async Task<T> CallAsync<T>(string method, IMessage request, MessageParser<T> parser)
        where T : IMessage<T>
    {
        var reply = await CallAsync(method, request.ToByteArray());
        Assert.Equal(GrpcStatus.Ok, reply.Status);
        return parser.ParseFrom(reply.Message);
    }

    /// <summary>Makes a call that must be refused.</summary>
    public async Task<GrpcStatus> RefusedAsync(string method, IMessage request, TimeSpan? timeout = null)
    {
        var reply = await CallAsync(method, request.ToByteArray(), timeout);
        Assert.NotEqual(GrpcCode.OK, reply.Status.Code);
        return reply.Status;
    }

    public void Dispose() => _socket.Dispose();
}
