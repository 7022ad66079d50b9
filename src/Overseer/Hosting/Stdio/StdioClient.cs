using System.Globalization;
using Overseer.Configuration;
using Overseer.Server;
using Overseer.Server.Channels;
using Overseer.Server.Proxies;
using Overseer.Server.Trust;

namespace Overseer.Hosting.Stdio;

/// <summary>The one client that speaks over standard input and output: whoever started the server, so nothing is asked of it.</summary>
internal sealed class StdioClient
{
    private StdioClient(Task inputEnded, Task served)
    {
        InputEnded = inputEnded;
        Served = served;
    }

    /// <summary>Completes when the input has ended, which ends the server.</summary>
    public Task InputEnded { get; }

    /// <summary>Completes when the connection has ended: everything is said, or cannot be.</summary>
    public Task Served { get; }

    /// <summary>Begins to serve it.</summary>
    public static StdioClient Start(ServerContext context, OpenConnections connections, StandardStreams streams)
    {
        var visitor = new Visitor
        {
            Source = new RequestSource { Name = string.Create(CultureInfo.InvariantCulture, $"uid {CurrentUser.Id} (standard input)"), Address = null, Scheme = "http" },
            Peer = null,
            Uid = CurrentUser.Id,
            Token = PresentedToken.None,
            Origin = new OriginRequest { Scheme = "http" },
        };
        var caller = new Caller { Name = visitor.Source.Name, Uid = visitor.Uid, IsOwner = true, Grant = Grant.Everything };
        var channel = new LineChannel(streams.Input, streams.Output, context.Limits.MaxMessageBytes, context.Clock);
        var connection = new V2Connection(context.Requesters.NextNumber(), visitor, caller, context.Protocol, channel, context);
        return new StdioClient(channel.InputEnded, ServeAsync(connections, connection, channel));
    }

    private static async Task ServeAsync(OpenConnections connections, V2Connection connection, LineChannel channel)
    {
        using (channel)
        using (connection)
        {
            await connections.ServeAsync(connection);
        }
    }
}
