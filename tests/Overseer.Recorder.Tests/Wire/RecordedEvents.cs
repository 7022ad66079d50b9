using System.Diagnostics;
using System.Runtime.InteropServices;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Takeover;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Tests.Wire;

/// <summary>Keeps what a recorder says and lets a test wait for it.</summary>
internal sealed class RecordedEvents : IRecorderEvents
{
    /// <summary>The one deadline of all waits.</summary>
    internal static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly object _gate = new();
    private readonly List<object> _all = [];

    internal sealed record Started(Guid RunId, Guid JournalId, int Pid, long ProcessStartTime, bool HasPidFd, InputState Input, InputHolder InputHolder);

    internal sealed record Exited(ExitRecord Exit, Guid JournalId, JournalPosition Chunk, JournalEnd End);

    internal sealed record Closed(Guid RunId, OutputStream Stream);

    internal sealed record Gone(string Reason);

    internal sealed record Born(Guid RunId, int Pid, SafeHandle Process, bool BeforeStart);

    internal sealed record Done;

    internal sealed record Answered;

    internal Dictionary<Guid, JournalEnd> Ends { get; } = [];

    /// <summary>What children have said of themselves; apart from the other events, which come however a program is started.</summary>
    internal List<Born> Births { get; } = [];

    internal int Advances { get; private set; }

    /// <summary>When set, the receiving thread stays in an event until it is set again.</summary>
    internal ManualResetEventSlim Gate { get; } = new(true);

    /// <summary>Takes the handles of each start; gives them back unless a test wants them.</summary>
    internal Action<RunStart> OnStart { get; set; } = static start => start.Dispose();

    /// <summary>Called after each exit.</summary>
    internal Action OnExit { get; set; } = static () => { };

    internal object[] All
    {
        get
        {
            lock (_gate)
                return [.. _all];
        }
    }

    public void HelloDone() => Add(new Done());

    public void RunStarted(RunStart start)
    {
        Add(new Started(start.RunId, start.JournalId, start.Pid, start.ProcessStartTime, !start.PidFd.IsInvalid, start.Input, start.InputHolder));
        OnStart(start);
    }

    public void RunBorn(Guid runId, int pid, SafeHandle process)
    {
        lock (_gate)
            Births.Add(new Born(runId, pid, process, !_all.OfType<Started>().Any(start => start.RunId == runId)));
    }

    public void Pong() => Add(new Answered());

    public void SpawnFailed(SpawnFailure failure) => Add(failure);

    public void JournalAdvanced(Guid journalId, in JournalEnd end)
    {
        Gate.Wait();
        lock (_gate)
        {
            Ends[journalId] = end;
            Advances++;
            Monitor.PulseAll(_gate);
        }
    }

    public void RunExited(ExitRecord exit, Guid journalId, JournalPosition exitChunk, in JournalEnd end, long timeNs)
    {
        lock (_gate)
            Ends[journalId] = end;
        Add(new Exited(exit, journalId, exitChunk, end));
        OnExit();
    }

    public void StreamClosed(Guid runId, OutputStream stream) => Add(new Closed(runId, stream));

    public void Disconnected(string reason) => Add(new Gone(reason));

    internal T Wait<T>(Func<T, bool> match)
        where T : class => Until(() => _all.OfType<T>().FirstOrDefault(match), typeof(T).Name);

    internal ExitRecord WaitForExit(Guid run) => Wait<Exited>(e => e.Exit.RunId == run).Exit;

    internal void WaitForBothStreams(Guid run)
    {
        Wait<Closed>(c => c.RunId == run && c.Stream == OutputStream.Stdout);
        Wait<Closed>(c => c.RunId == run && c.Stream == OutputStream.Stderr);
    }

    internal JournalEnd WaitForLines(Guid journal, long lines) =>
        (JournalEnd)Until(() => Ends.TryGetValue(journal, out var end) && end.NextLine > lines ? (object)end : null, $"{lines} lines");

    internal void Forget()
    {
        lock (_gate)
            _all.Clear();
    }

    internal bool HasExited(Guid run) => All.OfType<Exited>().Any(e => e.Exit.RunId == run);

    internal int Count<T>() => All.OfType<T>().Count();

    internal void WaitForCount<T>(int count) => Until(() => _all.OfType<T>().Count() >= count ? this : null, $"{count} {typeof(T).Name}");

    private T Until<T>(Func<T?> find, string what)
        where T : class
    {
        long started = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            while (true)
            {
                if (find() is { } found)
                    return found;
                var left = Deadline - Stopwatch.GetElapsedTime(started);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_gate, left))
                    throw new TimeoutException($"no {what} within {Deadline}; seen: {string.Join("; ", _all.TakeLast(20))}");
            }
        }
    }

    private void Add(object happened)
    {
        Gate.Wait();
        lock (_gate)
        {
            _all.Add(happened);
            Monitor.PulseAll(_gate);
        }
    }
}
