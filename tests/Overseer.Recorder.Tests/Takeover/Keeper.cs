using System.Diagnostics;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Processes;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Tests.Wire;
using Overseer.Recorder.Wire;
using Libc = Overseer.Recorder.Interop.Interop;

namespace Overseer.Recorder.Tests.Takeover;

/// <summary>As much of a server as it takes to outlive recorders: it holds the ropes of its runs, and hands them to the next recorder when one has died.</summary>
internal sealed unsafe class Keeper : IRecorderEvents, IDisposable
{
    private static readonly TimeSpan Deadline = RecordedEvents.Deadline;

    private readonly object _gate = new();
    private readonly Dictionary<Guid, KeptRun> _runs = [];
    private bool _helloDone;
    private bool _gone = true;
    private long _epoch;
    private int _pongs;

    internal Keeper(string root)
    {
        Places = new RecorderPlaces(Path.Combine(root, "r.sock"), Path.Combine(root, "r.lock"), Path.Combine(root, "r.log"), Path.Combine(root, "journals"));
        Connect();
    }

    internal RecorderPlaces Places { get; }

    internal RecorderLink Link { get; private set; } = null!;

    internal int Restarts { get; private set; }

    internal KeptRun[] Runs
    {
        get
        {
            lock (_gate)
                return [.. _runs.Values];
        }
    }

    internal string JournalOf(KeptRun run) => Path.Combine(Places.JournalRoot, run.Request.JournalId.ToString("N"));

    internal RecorderConnection Connect(bool launch = true)
    {
        lock (_gate)
            _gone = _helloDone = false;
        string[] prefix = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? [typeof(Keeper).Assembly.Location] : [];
        var connection = RecorderLauncher.ConnectOrLaunch(Places, Environment.ProcessPath!, prefix, this, ++_epoch, Deadline, launch);
        Link = connection.Link;
        Until(() => _helloDone, "HelloDone");
        return connection;
    }

    internal KeptRun Spawn(SpawnRequest request, int lines = 0, int exitCode = 0)
    {
        var run = new KeptRun(request, lines, exitCode);
        lock (_gate)
            _runs.Add(request.RunId, run);
        run.Pipes = Link.Spawn(request);
        run.Inodes = run.Pipes.PipeInodes;
        return run;
    }

    /// <summary>Kills the recorder and waits until it is gone.</summary>
    internal void Kill()
    {
        Assert.Equal(0, Libc.Kill(Link.RecorderPid, Libc.SIGKILL));
        var ended = new PollEntry { Descriptor = (int)Link.RecorderPidFd.DangerousGetHandle(), Events = Libc.POLLIN };
        Assert.Equal(1, Libc.Poll(&ended, 1, (int)Deadline.TotalMilliseconds));
        Until(() => _gone, "Disconnected");
        Link.Dispose();
        Restarts++;
    }

    /// <summary>Hands all runs that are not over to the recorder that is there now.</summary>
    internal void AdoptAll(Func<KeptRun, RunHandover>? how = null)
    {
        foreach (var run in Runs)
        {
            if (!run.Over && run.Start is not null)
                Link.Adopt(how is null ? run.Handover() : how(run));
        }
    }

    internal void WaitForStarts() => Until(() => _runs.Values.All(r => r.Start is not null), "starts");

    internal void WaitForEnds() => Until(() => _runs.Values.All(r => r.Over), "ends");

    internal void WaitUntil(KeptRun run, Func<KeptRun, bool> condition) => Until(() => condition(run), "a run's change");

    internal void Ping()
    {
        int before = _pongs;
        Link.Ping();
        Until(() => _pongs > before, "Pong");
    }

    internal void Reaped(ReapedChild child)
    {
        foreach (var run in Runs)
        {
            if (run.Start?.Pid == child.Pid && run.Start.ProcessStartTime == child.ProcessStartTime)
                Link.Reaped(run.Request.RunId, child.Status);
        }
    }

    /// <summary>Gives all ropes back, as a server does that dies.</summary>
    internal void DropRopes()
    {
        foreach (var run in Runs)
        {
            run.Pipes?.Dispose();
            run.Pipes = null;
            run.Start?.Dispose();
        }
    }

    internal void StopRecorder()
    {
        foreach (var run in Runs)
            Link.Stored(run.Request.RunId);
        Link.Shutdown();
        Until(() => _gone, "the recorder's end");
    }

    public void HelloDone() => Change(() => _helloDone = true);

    public void RunStarted(RunStart start) => Change(() =>
    {
        if (_runs.TryGetValue(start.RunId, out var run) && run.Start is null)
            run.Start = start;
        else
            start.Dispose();
    });

    public void SpawnFailed(SpawnFailure failure) => throw new InvalidOperationException(failure.Message);

    public void JournalAdvanced(Guid journalId, in JournalEnd end)
    {
        // The journals are read when all is over.
    }

    public void RunExited(ExitRecord exit, Guid journalId, JournalPosition exitChunk, in JournalEnd end, long timeNs) => Change(() =>
    {
        var run = _runs[exit.RunId];
        if (run.Exit is not null && run.Exit != exit)
            throw new InvalidOperationException($"two different exits of one run: {run.Exit} and {exit}");
        run.Exit = exit;
    });

    public void StreamClosed(Guid runId, OutputStream stream) => Change(() =>
    {
        var run = _runs[runId];
        if (stream == OutputStream.Stdout)
            run.StdoutClosed = true;
        else
            run.StderrClosed = true;
        if (run.StdoutClosed && run.StderrClosed)
            run.Pipes?.Dispose();
    });

    public void Pong() => Change(() => _pongs++);

    public void Disconnected(string reason) => Change(() => _gone = true);

    public void Dispose()
    {
        foreach (var run in Runs)
        {
            if (run is { Exit: null, Start: { } start })
                _ = Libc.Kill(start.Pid, Libc.SIGKILL);
        }
        try
        {
            if (!_gone)
            {
                WaitForEnds();
                StopRecorder();
            }
        }
        finally
        {
            Link.Dispose();
            DropRopes();
        }
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            Monitor.PulseAll(_gate);
        }
    }

    private void Until(Func<bool> condition, string what)
    {
        long started = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            while (!condition())
            {
                var left = Deadline - Stopwatch.GetElapsedTime(started);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_gate, left))
                    throw new TimeoutException($"no {what} within {Deadline}: {string.Join("; ", _runs.Values.Where(r => !r.Over).Take(5).Select(r => $"{r.Request.RunId:N} pid {r.Start?.Pid} exit {r.Exit} closed {r.StdoutClosed} {r.StderrClosed}"))}");
            }
        }
    }
}
