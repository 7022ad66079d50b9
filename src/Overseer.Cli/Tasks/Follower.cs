using Overseer.Client;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Tasks;

/// <summary>Prints a watched task until it has ended, through its queue and its restarts.</summary>
internal static class Follower
{
    /// <summary>Prints events as they come.</summary>
    /// <returns>How the task ended; null when the client was closed before.</returns>
    internal static async Task<TaskEnding?> FollowAsync(TaskWatch watch, EventPrinter printer, CancellationToken cancellation)
    {
        await foreach (IReadOnlyList<ServerMessage> batch in watch.ReadBatchesAsync(cancellationToken: cancellation))
        {
            foreach (ServerMessage one in batch)
                printer.Print(one);
            printer.Flush();
        }
        return watch.Ending;
    }
}
