// A number that the journal has says that those before it have arrived. So when a message of a delivery is refused, as on a full disk, none behind it may be kept before it is: what else is on its
// way is refused too, until the producer begins again where it was refused. That is known of a connection alone, as each connection brings a delivery in its order, from something that was
// not confirmed on.

using Overseer.Protocols.Hub;

namespace Overseer.Hub;

/// <summary>The deliveries of one connection that stand still, since a message of them was refused. Bounded. Not thread-safe.</summary>
internal sealed class RefusedDeliveries
{
    private const int Most = 256;
    private readonly Dictionary<(string ContainerId, Guid Id), (long Number, HubError Error)> _from = [];

    /// <summary>Whether none stands still.</summary>
    public bool IsEmpty => _from.Count == 0;

    /// <summary>A message was refused.</summary>
    /// <returns>False when no more can be known: what comes now must not be taken.</returns>
    public bool TryAdd(string containerId, (Guid Id, long Number) message, HubError error)
    {
        var key = (containerId, message.Id);
        if (_from.TryGetValue(key, out var known))
        {
            if (message.Number < known.Number)
            {
                _from[key] = (message.Number, error);
            }

            return true;
        }

        return _from.Count < Most && _from.TryAdd(key, (message.Number, error));
    }

    /// <summary>Why a message cannot be taken; null when it can. The delivery goes on with the one that was refused, or with the next that the journal is to have, when another connection brought more.</summary>
    /// <param name="containerId">The container.</param>
    /// <param name="message">The message.</param>
    /// <param name="last">Finds the last number that is kept.</param>
    public async ValueTask<HubError?> ReasonAsync(string containerId, (Guid Id, long Number) message, Func<Task<long>> last)
    {
        var key = (containerId, message.Id);
        if (!_from.TryGetValue(key, out var refused) || message.Number < refused.Number)
        {
            return null;
        }

        if (message.Number > refused.Number)
        {
            var kept = await last();
            if (message.Number <= kept)
            {
                // Dropped as any that is there already.
                return null;
            }

            if (kept < refused.Number || message.Number > kept + 1)
            {
                return HubError.Behind(refused.Error, refused.Number);
            }
        }

        _from.Remove(key);
        return null;
    }
}
