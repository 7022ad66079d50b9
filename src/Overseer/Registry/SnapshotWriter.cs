using Microsoft.Extensions.Logging;
using Overseer.Core.Registry;
using Overseer.Core.Tasks;

namespace Overseer.Registry;

/// <summary>
/// Writes goproc's snapshot after changes, at most once a second and never more than a twentieth of the time, and once at the end. A reader finds the former one or the new one, whole, whatever happens.
/// What is kept is in the database; the snapshot is for the original program.
/// </summary>
internal sealed class SnapshotWriter : IDisposable
{
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);
    private const int IdleFactor = 20;

    private readonly string _file;
    private readonly TaskEngine _engine;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly Lock _writing = new();
    private readonly ITimer _timer;
    private long _notBefore;
    private bool _changed;
    private bool _busy;
    private bool _ended;
    private bool _failed;

    /// <summary>Makes a writer.</summary>
    public SnapshotWriter(string file, TaskEngine engine, TimeProvider clock, ILogger log)
    {
        _file = file;
        _engine = engine;
        _clock = clock;
        _log = log;
        _notBefore = clock.GetTimestamp();
        _timer = clock.CreateTimer(_ => Write(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Something is different. Never waits for a write: on the engine's loop.</summary>
    public void Changed()
    {
        if (Volatile.Read(ref _changed))
        {
            return;
        }

        lock (_gate)
        {
            Volatile.Write(ref _changed, true);
            Arm_NeedsLock();
        }
    }

    /// <summary>Writes the last one. The engine must have ended.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            _ended = true;
        }

        _timer.Dispose();
        TryWrite();
    }

    private void Arm_NeedsLock()
    {
        if (_busy || _ended)
        {
            return;
        }

        _busy = true;
        var due = _clock.GetElapsedTime(_clock.GetTimestamp(), _notBefore);
        _timer.Change(due < TimeSpan.Zero ? TimeSpan.Zero : due, Timeout.InfiniteTimeSpan);
    }

    private void Write()
    {
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            Volatile.Write(ref _changed, false);
        }

        var begin = _clock.GetTimestamp();
        TryWrite();
        var pause = TimeSpan.FromTicks(Math.Max(Least.Ticks, _clock.GetElapsedTime(begin).Ticks * IdleFactor));
        lock (_gate)
        {
            _notBefore = _clock.GetTimestamp() + (long)(pause.TotalSeconds * _clock.TimestampFrequency);
            _busy = false;
            if (Volatile.Read(ref _changed))
            {
                Arm_NeedsLock();
            }
        }
    }

    private void TryWrite()
    {
        lock (_writing)
        {
            try
            {
                DurableFile.Replace(_file, stream => Write(stream, _engine.NextNumber));
                _failed = false;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (!_failed)
                {
                    RegistryLog.NotWritten(_log, _file, e);
                }

                _failed = true;
            }
        }
    }

    // Who is adopted meanwhile comes with the next one: its number is not below the one that is given out next.
    private void Write(Stream to, long nextId) => SnapshotDocument.Write(
        to, nextId, _engine.Registry.All.OfType<AdoptedTask>().TakeWhile(task => task.Number < nextId).Select(task => ProcessOf(task, _engine.AdoptedSeenAt)), _clock.GetUtcNow());

    private static SnapshotProcess ProcessOf(AdoptedTask task, DateTimeOffset seen)
    {
        var status = task.Status;
        var alive = status.WorkerState == WorkerState.Running;
        return new SnapshotProcess
        {
            Id = task.Number,
            Pid = task.Process.Pid,
            Pgid = task.Process.Group,
            Cmd = status.Command ?? "",
            Name = status.Name ?? "",
            Alive = alive,
            AddedAt = status.CreatedAt,
            LastSeen = alive ? (seen > status.CreatedAt ? seen : status.CreatedAt) : status.LastExitedAt ?? status.CreatedAt,
            Tags = status.Tags,
            Groups = status.Groups,
        };
    }
}
