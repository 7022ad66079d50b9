using Overseer.Client;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Tasks;

/// <summary>Prints a watched task until it has ended, through its restarts.</summary>
internal static class Follower
{
    /// <summary>Prints events as they come.</summary>
    /// <returns>The task's last exit; null when it left the queue without having been started.</returns>
    internal static async Task<ExitedMessage?> FollowAsync(OverseerClient client, TaskWatch watch, EventPrinter printer, CancellationToken cancellation)
    {
        await foreach (IReadOnlyList<ServerMessage> batch in watch.ReadBatchesAsync(cancellation))
        {
            foreach (ServerMessage one in batch)
            {
                printer.Print(one);
                switch (one)
                {
                    case ExitedMessage exited:
                        printer.Flush();
                        if (await TaskEnd.IsFinalAsync(client, exited, cancellation))
                            return exited;
                        break;
                    case DequeuedMessage dequeued:
                        printer.Say($"the task was taken from its queue: {dequeued.Reason.ToString().ToLowerInvariant()}");
                        return null;
                    default:
                        break;
                }
            }
            printer.Flush();
        }
        return null;
    }
}
