// The event log: every event of every task as one line, as clients see it.
//
// What must hold, whenever the process is killed:
//  - Each line is in the log once, and whole. So the place in each task's journal, and in the engine's own events, goes with the lines: a batch and its places are noted in the
//    state directory before the batch is written (LogIntent, LogPlaces), and completed by the next server.
//  - What happened without a server (the recorder goes on) is in the journals; the next server goes on at the noted places.
//  - Nobody waits for the log: it reads streams with cursors like a client's, falls back to the journals when it is slow, and writes on a thread of its own.
//  - The engine's events that no journal has are kept in the state directory before they are stored (ControlSpool).
//
// A loss of power may cost or double what was written in the last seconds before it, as nothing here waits for a disk.

using Microsoft.Extensions.Logging;
using Overseer.Configuration;
using Overseer.Core.Tasks;
using Overseer.Core.Tasks.Storage;
using Overseer.Streams;

namespace Overseer.EventLog;

/// <summary>Keeps the event log of a server. <see cref="Append"/> and <see cref="Release"/> belong to the engine's thread, the rest is thread-safe.</summary>
internal sealed class TaskEventLog : IAsyncDisposable
{
    private const int IntentBytes = 1 << 20;
    private const long SpoolBytes = 64L << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ControlSpool _spool;
    private readonly LogPump _pump;
    private volatile string _path;
    private readonly ILogger _log;
    private bool _started;
    private bool _stopped;

    private TaskEventLog(ControlSpool spool, LogPump pump, string path, ILogger log)
    {
        _spool = spool;
        _pump = pump;
        _path = path;
        _log = log;
    }

    /// <summary>Why nothing can be written now; null when all is well.</summary>
    public string? Problem => _pump.Problem;

    /// <summary>Opens the log, and brings to its end what the last server did not. Before the engine takes commands, and before journals without a task are deleted.</summary>
    /// <param name="options">The file.</param>
    /// <param name="directory">Where places are kept; made when it is missing.</param>
    /// <param name="streams">The streams of the tasks that are stored.</param>
    /// <param name="stored">These tasks.</param>
    /// <param name="log">For what goes wrong.</param>
    /// <exception cref="EventLogException">It cannot be opened; the message says what to do.</exception>
    public static TaskEventLog Open(EventLogOptions options, string directory, StreamRegistry streams, StoredState stored, ILogger log)
    {
        var file = LogFile.Open(options);
        try
        {
            return Open(file, directory, streams, stored, log);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file.Dispose();
            throw new EventLogException($"the event log's places in {directory} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>There is no event log: one that comes later begins then.</summary>
    /// <param name="directory">Where places would be kept.</param>
    public static void Forget(string directory)
    {
        try
        {
            if (Directory.Exists(directory))
            {
                Directory.Delete(directory, recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EventLogException($"the places of a former event log in {directory} cannot be deleted: {e.Message}", e);
        }
    }

    /// <summary>Begins to write.</summary>
    public void Start()
    {
        _started = true;
        _pump.Start();
    }

    /// <summary>Keeps the events among the effects of a batch that is about to be stored.</summary>
    public void Append(IReadOnlyList<Effect> effects) => _spool.Append(effects);

    /// <summary>The batch was stored, or cannot be now: its effects will be performed.</summary>
    public void Release()
    {
        if (_spool.Release())
        {
            _pump.Wake();
        }
    }

    /// <summary>A task is known no more.</summary>
    /// <param name="rest">What is there of it.</param>
    /// <param name="delete">Deletes its journal; called when the log has what is in it, or cannot have it in time.</param>
    public void Forget(StreamRest rest, Action delete) => _pump.Forget(new ForgottenTask(rest, _spool.Released, delete));

    /// <summary>Goes on in the file that the path leads to now.</summary>
    public void Reopen() => _pump.Reopen();

    /// <summary>Why the log could not go on by other options; null when it could. Opens the file they name, and lets go of it.</summary>
    public string? ProblemWith(EventLogOptions next)
    {
        try
        {
            if (Path.GetFullPath(next.Path) != _path)
            {
                LogFile.Open(next).Dispose();
            }

            return null;
        }
        catch (EventLogException e)
        {
            return e.Message;
        }
    }

    /// <summary>Goes on by other options, between two batches.</summary>
    public void Use(EventLogOptions next)
    {
        _path = Path.GetFullPath(next.Path);
        _pump.Reopen(next);
    }

    /// <summary>Ends, within seconds. The engine must have ended.</summary>
    /// <param name="everything">Whether everything that happened is to be in the log then; else the next server writes the rest.</param>
    public async Task StopAsync(bool everything)
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        if (_started && !await _pump.StopAsync(everything, Patience) && everything)
        {
            EventLogMessages.NotDrained(_log, _path, Patience.TotalSeconds);
        }

        // A thread that hangs in a write keeps what it uses; the end of the process takes it.
        if (!_started || _pump.HasEnded)
        {
            _pump.Dispose();
            _spool.Dispose();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync(everything: false);

    private static TaskEventLog Open(LogFile file, string directory, StreamRegistry streams, StoredState stored, ILogger log)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var (places, found) = LogPlaces.Open(Path.Combine(directory, "places"));
        if (places.IsNew)
        {
            ControlSpool.Clear(directory);
        }

        var intent = new LogIntent(directory);
        intent.Reserve(IntentBytes);
        var spool = ControlSpool.Open(directory, SpoolBytes, new ControlEvidence(stored).Stored, log);
        var writer = new LogWriter(file, intent, places, log);
        var unfinished = writer.Recover();
        foreach (var place in unfinished?.Places ?? [])
        {
            found.RemoveAll(old => old.Slot == place.Slot);
            found.Add(place);
        }

        var pump = new LogPump(writer, wake => new LogGatherer(streams, places, spool, wake, log), log);
        pump.Gatherer.Tasks.Restore(found, stored);
        if (places.IsNew)
        {
            places.Finish(0, spool.Released);
        }

        if (unfinished is { Lines.IsEmpty: false } missing)
        {
            pump.Gatherer.Resume(missing.Lines, missing.Places);
        }

        pump.TakeForgotten(pump.Gatherer.Tasks.TakeStrays());
        return new TaskEventLog(spool, pump, file.Path, log);
    }
}
