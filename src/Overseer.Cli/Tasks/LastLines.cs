using Overseer.Client;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Tasks;

/// <summary>The last lines of a task.</summary>
internal static class LastLines
{
    private const int ExitsExpected = 16;

    /// <summary>
    /// The last <paramref name="count"/> lines and the events between them. A server limits events, exits included, so more are asked for; and still more
    /// when there were even more exits among them.
    /// </summary>
    internal static async Task<IReadOnlyList<ServerMessage>> ReadAsync(OverseerClient client, TaskInfo task, int count, CancellationToken cancellation)
    {
        if (count == 0)
            return [];
        long limit = (long)count + ExitsExpected;
        while (true)
        {
            int asked = (int)Math.Min(limit, int.MaxValue);
            var events = new List<ServerMessage>();
            await foreach (ServerMessage one in client.ReplayAsync(task.TaskId, fromSeq: null, asked, cancellation))
                events.Add(one);
            int begin = IndexOfLastLines(events, count);
            if (begin >= 0 || events.Count < asked || asked == int.MaxValue)
                return events[Math.Max(begin, 0)..];
            limit *= 2;
        }
    }

    /// <summary>Where the last lines begin; -1 when there are fewer.</summary>
    private static int IndexOfLastLines(List<ServerMessage> events, int count)
    {
        for (int i = events.Count - 1; i >= 0; i--)
        {
            if (events[i] is OutputMessage && --count == 0)
                return i;
        }
        return -1;
    }
}
