using Microsoft.Extensions.Logging;
using Overseer.Streams;

namespace Overseer.Hub;

/// <summary>What is known of deliveries, by session; of those asked for last. Thread-safe.</summary>
internal sealed class DeliveryDesk(StreamRegistry streams, ILogger log)
{
    private const int Most = 4096;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<(string ContainerId, string? Directory, DeliveryLedger Ledger)>> _byContainer = new(StringComparer.Ordinal);
    private readonly LinkedList<(string ContainerId, string? Directory, DeliveryLedger Ledger)> _latestFirst = [];

    /// <summary>The ledger of a session. One that is not known is read from the journal.</summary>
    public DeliveryLedger Of(string containerId)
    {
        var stream = streams.Find(containerId);
        lock (_gate)
        {
            // Another journal: the task was forgotten, and what it had with it.
            if (_byContainer.TryGetValue(containerId, out var known) && string.Equals(known.Value.Directory, stream?.Directory, StringComparison.Ordinal))
            {
                _latestFirst.Remove(known);
                _latestFirst.AddFirst(known);
                return known.Value.Ledger;
            }
        }

        var ledger = Read(containerId, stream);
        lock (_gate)
        {
            if (_byContainer.TryGetValue(containerId, out var old))
            {
                if (string.Equals(old.Value.Directory, stream?.Directory, StringComparison.Ordinal))
                {
                    // Somebody was faster, and may have noted more since.
                    return old.Value.Ledger;
                }

                _byContainer.Remove(containerId);
                _latestFirst.Remove(old);
            }

            _byContainer[containerId] = _latestFirst.AddFirst((containerId, stream?.Directory, ledger));
            if (_latestFirst.Count > Most)
            {
                _byContainer.Remove(_latestFirst.Last!.Value.ContainerId);
                _latestFirst.RemoveLast();
            }

            return ledger;
        }
    }

    private DeliveryLedger Read(string containerId, TaskStream? stream)
    {
        try
        {
            return stream is { Directory: { } directory, End: { Segment: > 0 } end } ? DeliveryLedger.Read(directory, end) : new DeliveryLedger();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            HubLog.DeliveriesUnread(log, containerId, e.Message);
            return new DeliveryLedger();
        }
    }
}
