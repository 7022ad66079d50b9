using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Classic;

/// <summary>Servers and clients for the older profiles.</summary>
internal static class OldClients
{
    /// <summary>A server on which everybody may run everything.</summary>
    public const string AnyCommand = "commands: any\n" + RunningServer.Shell;

    /// <summary>Connects a client of this profile.</summary>
    public static Task<WireClient> ConnectAsync(RunningServer server, string profile) => WireClient.ConnectAsync(server.EndPoint, "/ws", "overseer." + profile);

    /// <summary>The messages that come about a task, up to one of this type.</summary>
    public static async Task<List<WireMessage>> UntilAsync(WireClient client, string type, string taskId)
    {
        var all = await client.UntilAsync(type, taskId);
        return [.. all.Where(message => message.TaskId == taskId)];
    }

    /// <summary>All that is on its way, by the answer to a request that no profile changes.</summary>
    public static async Task<List<WireMessage>> DrainAsync(WireClient client)
    {
        var all = new List<WireMessage>();
        for (var i = 0; i < 2; i++)
        {
            var id = await client.SendAsync("pool_info", []);
            all.AddRange(await client.UntilAsync("pool_info", message => message.Id == id));
            all.RemoveAt(all.Count - 1);
        }

        return all;
    }
}
