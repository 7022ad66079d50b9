using Overseer.Goproc.Grpc;
using Overseer.Protocols.Goproc;
using Overseer.Protocols.Grpc;

namespace Overseer.Server.Tests.Goproc;

/// <summary>A service whose methods do what a test wants to see of the layer below: answer, refuse, fail, wait.</summary>
internal sealed class TestService : IAsyncDisposable
{
    /// <summary>The largest message that the server takes.</summary>
    public const int MaxMessageBytes = 64 * 1024;

    private readonly GrpcServer _server;
    private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TestService(int maxConnections)
    {
        Place = Directory.CreateTempSubdirectory("overseer-grpc-").FullName;
        var service = new GrpcService("test.Service", new Dictionary<string, GrpcMethod>(StringComparer.Ordinal)
        {
            ["Length"] = GrpcMethod.Unary(AddRequest.Parser, (request, _) => Answer(new PingResponse { Ok = $"{request.Name.Length}" })),
            ["Repeat"] = GrpcMethod.Unary(AddRequest.Parser, (request, _) => Answer(new PingResponse { Ok = new string('r', request.Pid) })),
            ["Refuse"] = GrpcMethod.Unary(AddRequest.Parser, (request, _) => Task.FromResult<GrpcResult>(new GrpcResult.Refusal(GrpcCode.NotFound, request.Name))),
            ["Fail"] = GrpcMethod.Unary(AddRequest.Parser, (_, _) => throw new InvalidDataException("on purpose")),
            ["Wait"] = GrpcMethod.Unary(AddRequest.Parser, WaitAsync),
        });
        _server = new GrpcServer(
            service,
            Socket,
            new GrpcServerOptions { MaxMessageBytes = MaxMessageBytes, MaxConnections = maxConnections },
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
    }

    public string Place { get; }

    public string Socket => Path.Combine(Place, "s.sock");

    /// <summary>Completes when a call of Wait has come.</summary>
    public Task Waiting => _waiting.Task;

    /// <summary>Completes when that call was cancelled.</summary>
    public Task Cancelled => _cancelled.Task;

    public static async Task<TestService> StartAsync(int maxConnections = 100)
    {
        var service = new TestService(maxConnections);
        await service._server.StartAsync();
        return service;
    }

    /// <summary>A connection that counts calls from the first.</summary>
    public GrpcClient Connect(string? name = null) => GrpcClient.Connect(Socket, "test.Service", name);

    /// <summary>A connection for requests that no client library would send.</summary>
    public RawHttp2 ConnectRaw() => RawHttp2.Connect(Socket);

    public async ValueTask DisposeAsync()
    {
        using (var drain = new CancellationTokenSource(TimeSpan.FromSeconds(1)))
        {
            await _server.StopAsync(drain.Token);
        }

        _server.Dispose();
        Directory.Delete(Place, recursive: true);
    }

    private static Task<GrpcResult> Answer(PingResponse response) => Task.FromResult<GrpcResult>(new GrpcResult.Answer(response));

    private async Task<GrpcResult> WaitAsync(AddRequest request, CancellationToken cancellation)
    {
        _waiting.TrySetResult();
        using var registration = cancellation.Register(() => _cancelled.TrySetResult());
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        throw new InvalidOperationException("nothing but a cancellation ends the wait");
    }
}
