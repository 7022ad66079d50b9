using Overseer.Cli.Commands;
using Overseer.Cli.Tasks;
using Overseer.Client;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Goproc.Commands;

/// <summary><c>run --record</c>: the server starts the program, and its recorder keeps what it prints. The server is Overseer's own, found as every other command of overseer finds it.</summary>
internal static class RecordedRun
{
    /// <summary>Starts a program.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="arguments">Its arguments, without its name.</param>
    /// <param name="start">Name and labels.</param>
    /// <param name="context">The outside.</param>
    /// <param name="timeout">The time for the server.</param>
    /// <returns>The task, with the number that it has in the registry.</returns>
    /// <exception cref="GoprocFailure">It was not started.</exception>
    internal static TaskInfo Start(string file, IEnumerable<string> arguments, StartMessage start, GoprocContext context, TimeSpan timeout)
    {
        try
        {
            OverseerEndpoint endpoint = ServerOptions.Endpoint(null, null, context.Console);
            using ServerRequests server = ServerRequests.Open(endpoint, new OverseerClientOptions { Clock = context.Console.Clock, RequestTimeout = timeout });
            ServerMessage answer = server.Start(start with { Command = Path.GetFullPath(file), Args = [.. arguments] });
            string id = answer is StartedMessage started ? started.TaskId : ((QueuedMessage)answer).TaskId;
            return server.List().FirstOrDefault(task => task.TaskId == id) ?? throw new GoprocFailure($"record: task {id} was started, and is not known any more");
        }
        catch (Exception failure) when (failure is OverseerException or TimeoutException or UsageException)
        {
            throw new GoprocFailure("record: " + failure.Message + (failure is OverseerUnreachableException ? "; only a server keeps what programs print, start one with: overseer serve" : ""));
        }
    }
}
