using System.Diagnostics;

namespace Overseer.Bench;

/// <summary>Reads from many connections on the calling thread, so that the generator takes one core at most.</summary>
internal static class Listeners
{
    /// <summary>Reads until <paramref name="done"/> holds for each connection or it has ended.</summary>
    /// <exception cref="TimeoutException">It did not come to that in time; says how far it came.</exception>
    internal static void Drain(IReadOnlyList<WireClient> clients, Func<WireClient, bool> done, TimeSpan timeout)
    {
        var begin = Stopwatch.GetTimestamp();
        var entries = new Interop.PollEntry[clients.Count];
        for (var i = 0; i < entries.Length; i++)
            entries[i] = new Interop.PollEntry { File = clients[i].Descriptor, Wanted = Interop.Readable };

        // poll(2) takes a negative descriptor as one to leave out.
        var open = entries.Length;
        while (true)
        {
            for (var i = 0; i < entries.Length; i++)
            {
                if (entries[i].File >= 0 && (clients[i].Ended || done(clients[i])))
                {
                    entries[i].File = -1;
                    open--;
                }
            }
            if (open == 0)
                return;
            if (Stopwatch.GetElapsedTime(begin) > timeout)
                throw new TimeoutException($"{open} of {clients.Count} connections unfinished after {timeout.TotalSeconds} s, outputs so far: {clients.Sum(client => client.Walker.Outputs)}");

            if (Interop.Poll(entries, 100) == 0)
                continue;
            for (var i = 0; i < entries.Length; i++)
            {
                if (entries[i].File >= 0 && entries[i].Got != 0)
                    clients[i].Receive();
            }
        }
    }
}
