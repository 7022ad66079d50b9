// Makes durable what a batch has changed, before its effects are performed.
//
// When that fails (a full disk) the daemon goes on as far as it can without lying: what runs is recorded, stopped and reported as ever, since the recorder
// keeps every result until it is told that it is stored, and a later server would hear of it again. Only starts are refused, those that would be queued
// among them, because a start that is not stored could be forgotten while its process runs; a restart or a start out of a queue waits. What could not be
// stored is kept, newest state only, and tried again.

using Microsoft.Extensions.Logging;
using Overseer.Core.Tasks;
using Overseer.Core.Tasks.Storage;

namespace Overseer.Supervision;

internal sealed class StateWriter(ITaskStore store, TaskEngine engine, ILogger log)
{
    private volatile string? _problem;

    /// <summary>Why the latest changes are not stored; null when all are.</summary>
    public string? Problem => _problem;

    /// <summary>Stores everything that has changed. False: nothing was stored, see <see cref="Problem"/>; to be tried again.</summary>
    public bool TryCommit()
    {
        var changes = engine.TakeChanges();
        if (changes.IsEmpty)
        {
            return true;
        }

        try
        {
            store.Commit(changes);
        }
        catch (StoreException e)
        {
            engine.PutBack(changes);
            if (_problem is null)
            {
                SupervisionLog.NotStored(log, e.Message);
            }

            _problem = e.Message;
            return false;
        }

        if (_problem is not null)
        {
            _problem = null;
            SupervisionLog.StoredAgain(log);
        }

        return true;
    }
}
