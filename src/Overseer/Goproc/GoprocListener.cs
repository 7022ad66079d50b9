// The socket, and the file with the pid beside it.
//
// A client of goproc gives the daemon 300 ms to answer its first call, and most of a first call's time goes into loading what answers it. So the socket is bound under another name beside its
// place, made private, asked a question or two, and only then renamed to where clients look: what they find there is warm, and never had another mode. The file with the pid is written
// before, and locked for as long as this process lives: of two that start at once one loses, and a socket that was left behind is told from one that is served.

using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Overseer.Goproc.Grpc;
using Overseer.Hosting;
using Overseer.Hosting.Listening;
using Overseer.Protocols.Grpc;
using Overseer.Registry;

namespace Overseer.Goproc;

/// <summary>The goproc socket of a server: from the directory it lies in to its removal.</summary>
internal sealed class GoprocListener : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan WarmingTime = TimeSpan.FromSeconds(30);

    private readonly GoprocPlaces _places;
    private readonly FileStream _pidFile;
    private readonly GrpcServer _server;

    private GoprocListener(GoprocPlaces places, FileStream pidFile, GrpcServer server)
    {
        _places = places;
        _pidFile = pidFile;
        _server = server;
    }

    /// <summary>Where it listens.</summary>
    public string Socket => _places.Socket;

    /// <summary>Serves goproc's calls.</summary>
    /// <exception cref="StartupException">Somebody else serves this socket, or it cannot be made; the message is one line.</exception>
    public static async Task<GoprocListener> StartAsync(GoprocPlaces places, GoprocCalls calls, GrpcServerOptions options, TimeProvider clock, ILoggerFactory logs)
    {
        PrivateDirectory.Make(places.Directory);
        UnixSocketFile.RemoveStale(places.Socket);
        var pidFile = LockPidFile(places);
        var cold = ColdName(places.Socket);
        GrpcServer? server = null;
        try
        {
            File.Delete(cold);
            server = new GrpcServer(calls.Service, cold, options, clock, logs);
            await server.StartAsync();
            File.SetUnixFileMode(cold, OwnerOnly);
            await Task.Run(() => Warm(cold, clock));
            WritePid(pidFile);
            File.Move(cold, places.Socket, overwrite: true);
            return new GoprocListener(places, pidFile, server);
        }
        catch (Exception e)
        {
            server?.Dispose();
            File.Delete(cold);
            File.Delete(places.PidFile);
            pidFile.Dispose();
            if (e is IOException or SocketException or UnauthorizedAccessException or ArgumentException)
            {
                throw new StartupException($"cannot listen on unix:{places.Socket}: {e.Message}", e);
            }

            throw;
        }
    }

    /// <summary>Takes the socket away, and lets the calls that are under way end until <paramref name="drain"/> is cancelled.</summary>
    public async Task StopAsync(CancellationToken drain)
    {
        File.Delete(_places.Socket);
        await _server.StopAsync(drain);
        File.Delete(_places.PidFile);
    }

    public void Dispose()
    {
        _server.Dispose();
        _pidFile.Dispose();
    }

    // As long as the name it stands for: where that fits into an address, this does.
    private static string ColdName(string socket) => socket[..^1] + (socket[^1] == '~' ? '-' : '~');

    private static FileStream LockPidFile(GoprocPlaces places)
    {
        try
        {
            // FileShare.None is flock(LOCK_EX): it goes with the process, however that ends.
            return new FileStream(places.PidFile, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = OwnerOnly,
            });
        }
        catch (IOException e)
        {
            throw new StartupException($"cannot serve unix:{places.Socket}: {places.PidFile} is in use by another server ({e.Message}); stop it, or choose another socket with GOPROC_SOCKET", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartupException($"cannot serve unix:{places.Socket}: {places.PidFile} is not writable ({e.Message}); choose another socket with GOPROC_SOCKET", e);
        }
    }

    private static void WritePid(FileStream file)
    {
        File.SetUnixFileMode(file.SafeFileHandle, OwnerOnly);
        file.SetLength(0);
        file.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"));
        file.Flush();
    }

    private static void Warm(string socket, TimeProvider clock)
    {
        using var client = new System.Net.Sockets.Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(socket));
        using var stream = new NetworkStream(client);
        var connection = new GrpcConnection(stream, clock);
        foreach (var method in (string[])["Ping", "List"])
        {
            var reply = connection.Call($"/{GoprocCalls.ServiceName}/{method}", [], WarmingTime);
            if (reply.Status.Code != GrpcCode.OK)
            {
                throw new StartupException($"the goproc service does not answer: {reply.Status}");
            }
        }
    }
}
