using System.Runtime.InteropServices;
using Overseer.Core.Tasks;
using Overseer.Core.Time;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Wire;
using Overseer.Streams;

namespace Overseer.Supervision;

/// <summary>
/// What one recorder reports over one connection, made into commands for the engine and news for the streams. Called on the link's one thread. An exit is
/// announced to the stream and to the engine; the stream shows it when the engine has taken it in.
/// </summary>
/// <param name="streams">Who reads journals.</param>
/// <param name="ropes">What is held of runs.</param>
/// <param name="post">Hands a command to the engine.</param>
/// <param name="clock">Time.</param>
/// <param name="putsOff">Whether a start that has failed is to be tried again later: then the engine is not told.</param>
/// <param name="lost">Told when the connection is of no more use, and why.</param>
internal sealed class RecorderEvents(
    StreamRegistry streams, RunRopes ropes, Action<EngineCommand> post, TimeProvider clock, Func<SpawnFailure, bool> putsOff, Action<string> lost) : IRecorderEvents
{
    private readonly HashSet<RunId> _known = [];
    private readonly TaskCompletionSource _hello = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastPong = clock.GetTimestamp();

    /// <summary>The runs it knew before this connection; complete when <see cref="Hello"/> is.</summary>
    public IReadOnlySet<RunId> Known => _known;

    /// <summary>Completes when everything that was before the connection has been reported, or the connection is lost.</summary>
    public Task Hello => _hello.Task;

    /// <summary>Why the connection is lost; null while it is not.</summary>
    public string? Lost { get; private set; }

    /// <summary>How long ago it last said that it lives.</summary>
    public TimeSpan Silence => clock.GetElapsedTime(Interlocked.Read(ref _lastPong));

    public void RunStarted(RunStart start)
    {
        if (!_hello.Task.IsCompleted)
        {
            _known.Add(new RunId(start.RunId));
        }

        var pipes = ropes.Started(start);
        post(new EngineCommand.RunStarted(
            new RunId(start.RunId), start.Pid, start.ProcessStartTime, UnixTime.FromNanoseconds(start.TimeNs), pipes.StandardOutput, pipes.StandardError));
    }

    public void RunBorn(Guid runId, int pid, SafeHandle process) => ropes.Born(runId, pid, process);

    public void SpawnFailed(SpawnFailure failure)
    {
        ropes.Drop(failure.RunId);
        if (putsOff(failure))
        {
            return;
        }

        post(new EngineCommand.RunFailedToStart(new RunId(failure.RunId), failure.Message, clock.GetUtcNow()));
    }

    public void HelloDone()
    {
        Pong();
        _hello.TrySetResult();
    }

    public void Pong() => Interlocked.Exchange(ref _lastPong, clock.GetTimestamp());

    public void JournalGrew(Guid journalId, in JournalGrowth growth) => streams.Grew?.Invoke(journalId, growth);

    public void JournalAdvanced(Guid journalId, in JournalEnd end) => streams.Announce(journalId, end);

    public void RunExited(ExitRecord exit, Guid journalId, JournalPosition exitChunk, in JournalEnd end, long timeNs)
    {
        ropes.Exited(exit.RunId);
        post(new EngineCommand.RunExited(new RunId(exit.RunId), exit.ExitCode, exit.Signal, UnixTime.FromNanoseconds(timeNs)));
        streams.AnnounceExit(journalId, end, timeNs);
    }

    public void StreamClosed(Guid runId, OutputStream stream) => ropes.StreamClosed(runId, stream);

    public void Disconnected(string reason)
    {
        Lost = reason;
        lost(reason);
        _hello.TrySetResult();
    }
}
