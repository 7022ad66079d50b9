using System.Net.Sockets;
using Google.Protobuf;
using Overseer.Core.Time;
using Overseer.Protocols.Grpc;

namespace Overseer.Cli.Goproc;

/// <summary>A connection to a daemon that has answered.</summary>
internal sealed class GoprocSession : IDisposable
{
    /// <summary>Gives the daemon another time to answer the first call, and at least as much for every other.</summary>
    internal const string PatienceVariable = "GOPROC_PING_TIMEOUT";

    private const string Service = "/goproc.v1.GoProc/";
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly GrpcConnection _connection;
    private readonly TimeSpan _patience;

    private GoprocSession(Socket socket, TimeSpan patience, TimeProvider clock)
    {
        _patience = patience;
        _socket = socket;
        _stream = new NetworkStream(socket);
        _connection = new GrpcConnection(_stream, clock);
    }

    /// <summary>The process at the other end; 0 when the kernel does not tell.</summary>
    internal int Peer => Recorder.Interop.Interop.PeerUser((int)_socket.Handle).Pid;

    /// <summary>Connects; null when nobody listens, or does not answer a ping in time.</summary>
    internal static GoprocSession? TryOpen(GoprocContext context)
    {
        string path = context.Places.Socket;
        // A socket that is not there costs a question here and an exception below, which is a hundred times as much.
        if (!File.Exists(path))
            return null;
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException)
        {
            socket.Dispose();
            return null;
        }
        TimeSpan patience = GoDuration.TryParse(context.Console.Variable(PatienceVariable), out TimeSpan given) && given > TimeSpan.Zero ? given : Patience;
        var session = new GoprocSession(socket, patience, context.Console.Clock);
        if (session._connection.Call(Service + "Ping", [], patience).Status.Code == GrpcCode.OK)
            return session;
        session.Dispose();
        return null;
    }

    /// <summary>Makes a call.</summary>
    /// <exception cref="GrpcException">It did not succeed.</exception>
    internal T Call<T>(string method, IMessage request, MessageParser<T> answer, TimeSpan timeout)
        where T : class, IMessage<T>
    {
        GrpcReply reply = _connection.Call(Service + method, request.ToByteArray(), timeout > _patience ? timeout : _patience);
        if (reply.Status.Code != GrpcCode.OK)
            throw new GrpcException(reply.Status);
        try
        {
            return answer.ParseFrom(reply.Message);
        }
        catch (InvalidProtocolBufferException failure)
        {
            throw new GrpcException(new GrpcStatus(GrpcCode.Internal, $"the answer cannot be read: {failure.Message}"), failure);
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }
}
