using Overseer.Client;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Tasks;

/// <summary>Prints what one task wrote.</summary>
internal static class TaskLogs
{
    /// <summary>What it has written so far: the last lines, or all from a line on.</summary>
    internal static async Task PrintAsync(OverseerClient client, TaskInfo task, int? last, long? from, EventPrinter printer, CancellationToken cancellation)
    {
        if (last is { } count)
        {
            foreach (ServerMessage one in await LastLines.ReadAsync(client, task, count, cancellation))
                printer.Print(one);
        }
        else
        {
            await foreach (ServerMessage one in client.ReplayAsync(task.TaskId, from ?? 1, cancellationToken: cancellation))
                printer.Print(one);
        }
        printer.Flush();
    }

    /// <summary>The same, and what it writes until it has ended.</summary>
    /// <returns>How it ended; null when the client was closed before.</returns>
    internal static async Task<TaskEnding?> FollowAsync(OverseerClient client, TaskInfo task, int? last, long? from, EventPrinter printer, CancellationToken cancellation)
    {
        (IReadOnlyList<ServerMessage> before, long first) = await BeginAsync(client, task, last, from, cancellation);
        foreach (ServerMessage one in before)
            printer.Print(one);
        printer.Flush();
        await using TaskWatch watch = await client.WatchAsync(task.TaskId, first, cancellation);
        return await Follower.FollowAsync(watch, printer, cancellation);
    }

    /// <summary>What is printed before a task is followed, and the line from which it is followed.</summary>
    internal static async Task<(IReadOnlyList<ServerMessage> Before, long From)> BeginAsync(OverseerClient client, TaskInfo task, int? last, long? from, CancellationToken cancellation)
    {
        if (last is not { } count)
            return ([], from ?? 1);
        // One line more than asked for tells where to go on even when none is to be shown.
        IReadOnlyList<ServerMessage> events = await LastLines.ReadAsync(client, task, Math.Max(count, 1), cancellation);
        long next = events.OfType<OutputMessage>().LastOrDefault()?.Seq + 1 ?? 1;
        return (count == 0 ? [] : [.. events.Where(one => one is OutputMessage or GapMessage)], next);
    }
}
