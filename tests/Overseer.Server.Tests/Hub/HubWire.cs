using System.Net;
using System.Text.Json;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Hub;

/// <summary>What containers and viewers say, over the plain client.</summary>
internal static class HubWire
{
    /// <summary>A connection to the hub; <paramref name="query"/> begins with a question mark.</summary>
    public static Task<WireClient> ConnectHubAsync(this RunningServer server, string query = "", params (string Name, string Value)[] headers) =>
        ConnectAsync(server.EndPoint, query, headers);

    /// <summary>A connection to a hub.</summary>
    public static Task<WireClient> ConnectAsync(EndPoint endPoint, string query = "", params (string Name, string Value)[] headers) =>
        WireClient.ConnectAsync(endPoint, "/logs" + query, null, headers);

    /// <summary>Sends a message.</summary>
    /// <param name="client">Who.</param>
    /// <param name="type">Its type, in any case.</param>
    /// <param name="container">The container.</param>
    /// <param name="data">Its data, as JSON.</param>
    /// <param name="more">Further fields, as JSON after a comma.</param>
    public static Task SayAsync(this WireClient client, string type, string container, string data = "{}", string more = "") =>
        client.SendAsync($$"""{"type":"{{type}}","containerID":"{{container}}","timestamp":"t","data":{{data}}{{more}}}""");

    /// <summary>Sends a log.</summary>
    public static Task LogAsync(this WireClient client, string container, string message, string more = "") =>
        client.SayAsync("LOG", container, $$"""{"level":"info","message":"{{message}}"}""", more);

    /// <summary>The next message of a type, in that case; those before it are passed over.</summary>
    public static Task<WireMessage> HearAsync(this WireClient client, string type) => client.ExpectAsync(type, message => message.Type == type);

    /// <summary>The next error, which has that code.</summary>
    public static async Task<WireMessage> HearErrorAsync(this WireClient client, string code)
    {
        var error = await client.ExpectAsync("an error", message => message.Type is "ERROR" or "error");
        Assert.Equal(code, error.Data("code"));
        return error;
    }

    /// <summary>A text, or a number, in a message's data.</summary>
    public static string? Data(this WireMessage message, string field) =>
        message.Json.GetProperty("data").TryGetProperty(field, out var value) ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText() : null;

    /// <summary>Sends a heartbeat of a container and waits for its answer: all that was sent before is kept by then.</summary>
    public static async Task<WireMessage> SettleAsync(this WireClient client, string container, string data = "{}")
    {
        await client.SayAsync("HEARTBEAT", container, data);
        return await client.HearAsync("HEARTBEAT");
    }

    /// <summary>Reads until the server has closed the connection, and gives its code.</summary>
    public static async Task<int> ClosedAsync(this WireClient client)
    {
        try
        {
            while (true)
            {
                await client.ReadAsync();
            }
        }
        catch (TimeoutException e)
        {
            return (int)(client.Socket.CloseStatus ?? throw new TimeoutException("the server has not closed the connection", e));
        }
    }
}
