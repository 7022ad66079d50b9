using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Overseer.Core.Tasks;
using Overseer.Recorder.Journal;

namespace Overseer.Metrics;

/// <summary>What has happened to the tasks of one action since the server began. Each number is right by itself, from any thread.</summary>
internal sealed class ActionCounts(string action)
{
    private const string UnknownCode = "unknown";
    private static readonly string[] Codes = [.. Enumerable.Range(0, 256).Select(code => code.ToString(CultureInfo.InvariantCulture))];

    private readonly ConcurrentDictionary<string, StrongBox<long>> _exits = new(StringComparer.Ordinal);
    private readonly long[] _left = new long[QueueLeave.Reasons.Count];
    private long _starts;
    private long _completed;
    private long _restarts;
    private long _errored;
    private long _queued;
    private long _outputBytes;
    private long _outputLines;

    /// <summary>The action's name.</summary>
    public string Action { get; } = action;

    /// <summary>The label that every series of it has.</summary>
    public KeyValuePair<string, object?> Label { get; } = new("action", action);

    /// <summary>Runs that began.</summary>
    public long Starts => Interlocked.Read(ref _starts);

    /// <summary>Runs that ended.</summary>
    public long Completed => Interlocked.Read(ref _completed);

    /// <summary>Runs that replaced one that had exited.</summary>
    public long Restarts => Interlocked.Read(ref _restarts);

    /// <summary>Tasks that were given up.</summary>
    public long Errored => Interlocked.Read(ref _errored);

    /// <summary>Tasks that entered the queue.</summary>
    public long Queued => Interlocked.Read(ref _queued);

    /// <summary>Bytes of output that were recorded.</summary>
    public long OutputBytes => Interlocked.Read(ref _outputBytes);

    /// <summary>Lines of output that were recorded.</summary>
    public long OutputLines => Interlocked.Read(ref _outputLines);

    /// <summary>Runs that ended, by exit code or signal; those that were seen.</summary>
    public IEnumerable<KeyValuePair<string, long>> Exits => _exits.Select(pair => KeyValuePair.Create(pair.Key, Interlocked.Read(ref pair.Value.Value)));

    /// <summary>Whether anything was counted.</summary>
    public bool IsEmpty => (Starts | Completed | Errored | Queued | OutputBytes | OutputLines) == 0;

    /// <summary>Tasks that left the queue for that reason.</summary>
    public long Left(int reason) => Interlocked.Read(ref _left[reason]);

    /// <summary>A run began.</summary>
    public void Started(bool restart)
    {
        Interlocked.Increment(ref _starts);
        if (restart)
        {
            Interlocked.Increment(ref _restarts);
        }
    }

    /// <summary>A run ended.</summary>
    public void Exited(TaskExited exited)
    {
        Interlocked.Increment(ref _completed);
        var code = exited.Signal ?? ((uint)exited.ExitCode < (uint)Codes.Length ? Codes[exited.ExitCode] : UnknownCode);
        Interlocked.Increment(ref _exits.GetOrAdd(code, static _ => new StrongBox<long>()).Value);
    }

    /// <summary>A task was given up.</summary>
    public void GaveUp() => Interlocked.Increment(ref _errored);

    /// <summary>A task entered the queue.</summary>
    public void Enqueued() => Interlocked.Increment(ref _queued);

    /// <summary>A task left the queue.</summary>
    /// <param name="reason">One of <see cref="QueueLeave"/>.</param>
    public void LeftQueue(int reason) => Interlocked.Increment(ref _left[reason]);

    /// <summary>Output was recorded.</summary>
    public void Grew(in JournalGrowth growth)
    {
        Interlocked.Add(ref _outputBytes, growth.OutputBytes);
        Interlocked.Add(ref _outputLines, growth.Lines);
    }
}
