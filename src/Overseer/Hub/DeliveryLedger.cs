// A reporter numbers its messages, sends again what it does not know to have arrived, and each is kept once: one whose number is not above the last that the journal has of
// its id is dropped. The numbers are in the lines, so after a restart they are found by reading the journal back from its end; once for each task, since what that finds
// is all there is. What is bounded here: how far back is read, and how many ids are known of a task.

using Overseer.Protocols.Hub;
using Overseer.Recorder.Journal;

namespace Overseer.Hub;

/// <summary>The last number of each delivery to one session that the journal has. Thread-safe; that nothing is kept between a look and a note is up to the session's lock.</summary>
internal sealed class DeliveryLedger
{
    private const int MostIds = 256;
    private const int MostLines = 65_536;
    private const long MostBytes = 16 << 20;
    private const int FirstWindow = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, long> _last = [];
    private readonly Queue<Guid> _order = new();

    /// <summary>The last number that is kept; 0 for none.</summary>
    public long Last(Guid id)
    {
        lock (_gate)
        {
            return _last.GetValueOrDefault(id);
        }
    }

    /// <summary>A message is kept.</summary>
    public void Kept(Guid id, long number)
    {
        lock (_gate)
        {
            if (!_last.ContainsKey(id))
            {
                if (_order.Count == MostIds)
                {
                    _last.Remove(_order.Dequeue());
                }

                _order.Enqueue(id);
            }

            _last[id] = number;
        }
    }

    /// <summary>Reads a journal back from its end.</summary>
    /// <param name="directory">Where it lies.</param>
    /// <param name="end">How far it goes.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static DeliveryLedger Read(string directory, JournalEnd end)
    {
        var found = new Dictionary<Guid, long>();
        var newestFirst = new List<Guid>();
        var (before, window, lines, bytes) = (end.NextLine, FirstWindow, 0L, 0L);
        while (before > 1 && lines < MostLines && bytes < MostBytes && newestFirst.Count < MostIds)
        {
            var from = Math.Max(1, before - window);
            var here = new Dictionary<Guid, long>();
            using var reader = JournalReader.Open(directory);
            var first = reader.Seek(from, end);
            while (reader.NextLine < before && reader.TryRead(end, out var entry))
            {
                if (entry.Kind == EntryKind.Line)
                {
                    bytes += entry.Data.Length;
                    Note(entry.Data, here);
                }
            }

            foreach (var (id, number) in here)
            {
                if (found.TryAdd(id, number))
                {
                    newestFirst.Add(id);
                }
            }

            if (first > from)
            {
                // What was before is deleted.
                break;
            }

            (lines, before, window) = (lines + window, from, window * 2);
        }

        var ledger = new DeliveryLedger();
        for (var i = Math.Min(newestFirst.Count, MostIds) - 1; i >= 0; i--)
        {
            ledger.Kept(newestFirst[i], found[newestFirst[i]]);
        }

        return ledger;
    }

    private static void Note(ReadOnlySpan<byte> line, Dictionary<Guid, long> numbers)
    {
        if (line.IndexOf("\"delivery\""u8) >= 0 && HubReader.Read(line, out var message) is null && message.Delivery is { } id && message.IsKept)
        {
            numbers[id] = message.DeliveryNumber;
        }
    }
}
