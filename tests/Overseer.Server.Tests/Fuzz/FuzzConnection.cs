using System.Buffers;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Unicode;
using Overseer.Protocols.Classic;
using Overseer.Protocols.V2;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Fuzz;

/// <summary>A connection that sends whatever it is given and holds every answer against what is due.</summary>
internal sealed class FuzzConnection : IAsyncDisposable
{
    private readonly WireClient _client;
    private readonly ProtocolProfile _profile;
    private readonly Random _random;
    private readonly PendingAnswers _pending;

    private FuzzConnection(WireClient client, ProtocolProfile profile, Random random)
    {
        _client = client;
        _profile = profile;
        _random = random;
        _pending = new PendingAnswers(profile);
    }

    /// <summary>Messages that came, by type.</summary>
    public Dictionary<string, long> Received { get; } = new(StringComparer.Ordinal);

    /// <summary>Connects as a client of a profile.</summary>
    public static async Task<FuzzConnection> OpenAsync(EndPoint endPoint, ProtocolProfile profile, int seed) =>
        new(await WireClient.ConnectAsync(endPoint, "/ws", profile.Subprotocol), profile, new Random(seed));

    /// <summary>Sends the messages, then waits until each has its answer, and a list asked for at last too.</summary>
    public async Task ExchangeAsync(IReadOnlyList<byte[]> messages, string lastId)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        var sending = SendAllAsync([.. messages, System.Text.Encoding.UTF8.GetBytes($$"""{"type":"list","id":"{{lastId}}","limit":1}""")], deadline.Token);
        try
        {
            var listed = false;
            while (!listed || !_pending.IsEmpty)
            {
                var message = Read(await _client.ReadBytesAsync(deadline.Token));
                listed |= message switch
                {
                    TasksMessage { Id: var id } => id == lastId,
                    WorkersMessage { Id: var id } => id == lastId,
                    _ => false,
                };
            }

            await sending;
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            throw new TimeoutException($"no answer came to:\n{_pending.Describe()}\n{e.Message}", e);
        }
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private async Task SendAllAsync(IReadOnlyList<byte[]> messages, CancellationToken cancel)
    {
        foreach (var message in messages)
        {
            _pending.Sent(message);

            // What is no UTF-8 may only travel in binary messages; the rest in either, now and then in fragments.
            var type = Utf8.IsValid(message) && _random.Next(8) > 0 ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
            var cut = _random.Next(16) == 0 ? _random.Next(message.Length) : 0;
            if (cut > 0)
            {
                await _client.Socket.SendAsync(message.AsMemory(0, cut), type, endOfMessage: false, cancel);
            }

            await _client.Socket.SendAsync(message.AsMemory(cut), type, endOfMessage: true, cancel);
        }
    }

    private ServerMessage Read(ReadOnlyMemory<byte> bytes)
    {
        using (JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 64 }))
        {
            // It throws when it is no JSON.
        }

        var read = ServerMessageReader.Read(bytes, _profile);
        var message = read.Message ?? throw new InvalidDataException($"the client's reader refuses ({read.Error ?? read.UnknownType}) what the server wrote: {PendingAnswers.Show(bytes.ToArray())}");
        Received[message.Definition.Name] = Received.GetValueOrDefault(message.Definition.Name) + 1;
        return _pending.Came(message) is { } wrong ? throw new InvalidDataException(wrong) : message;
    }
}
