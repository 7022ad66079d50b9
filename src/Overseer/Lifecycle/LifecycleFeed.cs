using Overseer.Core.Tasks;
using Overseer.Core.Time;
using Overseer.Protocols.V2;

namespace Overseer.Lifecycle;

/// <summary>
/// What happens to all tasks, numbered: the latest events are kept in memory, and all go to those who follow. Thread-safe; sending under the lock keeps
/// history and live events in one row, so followers must not wait.
/// </summary>
/// <remarks>
/// Numbers begin with the time of the start in microseconds: so they grow across restarts, which nobody reaches who counts a million events a second or less.
/// </remarks>
internal sealed class LifecycleFeed
{
    private readonly Lock _gate = new();
    private readonly Func<string, TaskStatus?> _find;
    private readonly Queue<LifecycleMessage> _kept = new();
    private ILifecycleFollower[] _followers = [];
    private TaskStatus? _latest;
    private long _last;
    private long _droppedNumber;
    private DateTimeOffset _droppedTime;

    /// <summary>Begins.</summary>
    /// <param name="find">How a task stands, for events without a change of it.</param>
    /// <param name="most">How many events are kept.</param>
    /// <param name="clock">The clock.</param>
    public LifecycleFeed(Func<string, TaskStatus?> find, int most, TimeProvider clock)
    {
        _find = find;
        Most = most;
        _droppedTime = clock.GetUtcNow();
        _droppedNumber = UnixTime.ToNanoseconds(_droppedTime) / 1000;
        _last = _droppedNumber;
    }

    /// <summary>How many events are kept.</summary>
    public int Most { get => Volatile.Read(ref field); set => Volatile.Write(ref field, value); }

    /// <summary>Takes what the engine did, in its order, from its loop.</summary>
    public void Take(Effect effect)
    {
        switch (effect)
        {
            // What a task's status was when it happened: by the time of the effects of a batch it may have changed again.
            case Effect.StatusChanged changed:
                _latest = changed.Status;
                break;
            case Effect.Publish publish:
                var task = SubjectOf(publish.Event);
                Add(publish.Event, task);
                if (publish.Then is { } then)
                {
                    Add(then, task);
                }

                break;
        }
    }

    /// <summary>The task of an event that is being taken, as it was when that happened; null when it is known no more. For the engine's loop.</summary>
    public TaskStatus? SubjectOf(TaskEvent happened) => _latest is { } latest && latest.TaskId == happened.TaskId ? latest : _find(happened.TaskId);

    /// <summary>Sends the events to a follower from now on; asking again does not send them twice.</summary>
    /// <param name="follower">Who follows.</param>
    /// <param name="since">Kept events of that time or later come first.</param>
    /// <param name="after">Kept events with a greater number come first.</param>
    /// <param name="announce">
    /// Called before any event is sent, with the number of the latest, how many kept ones follow, and whether these are all there were; the latter two unset when
    /// none were asked for.
    /// </param>
    public void Follow(ILifecycleFollower follower, DateTimeOffset? since, long? after, Action<long, int?, bool?> announce)
    {
        lock (_gate)
        {
            var asked = since is not null || after is not null;
            // A number that is still to come is of a server whose clock was ahead: it says nothing about what this one has seen.
            var floor = after <= _last ? after : null;
            LifecycleMessage[] history = asked ? [.. _kept.Where(one => !(one.Number <= floor) && !(one.Ts < since) && follower.Hears(one))] : [];
            var complete = (after is null || floor >= _droppedNumber) && (since is null || since > _droppedTime);
            announce(_last, asked ? history.Length : null, asked ? complete : null);
            if (history.All(follower.TrySend) && !_followers.Contains(follower))
            {
                _followers = [.. _followers, follower];
            }
        }
    }

    /// <summary>Sends no more to a follower.</summary>
    public void Leave(ILifecycleFollower follower)
    {
        lock (_gate)
        {
            _followers = [.. _followers.Where(one => !ReferenceEquals(one, follower))];
        }
    }

    private void Add(TaskEvent happened, TaskStatus? task)
    {
        lock (_gate)
        {
            var message = LifecycleMessages.Of(happened, ++_last, task);
            _kept.Enqueue(message);
            while (_kept.Count > Most)
            {
                var dropped = _kept.Dequeue();
                _droppedNumber = dropped.Number;
                _droppedTime = dropped.Ts > _droppedTime ? dropped.Ts : _droppedTime;
            }

            foreach (var follower in _followers)
            {
                if (follower.Hears(message))
                {
                    // Who refuses is being cut off.
                    follower.TrySend(message);
                }
            }
        }
    }
}
