using Microsoft.Extensions.Logging;
using Overseer.Core.Tasks;
using Overseer.Core.Time;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Processes;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Wire;
using Overseer.Streams;

namespace Overseer.Supervision;

/// <summary>
/// What the recorder reports, made into commands for the engine and news for the streams. Called on the link's one thread. An exit is
/// announced to the stream and to the engine; the stream shows it when the engine has taken it in.
/// </summary>
internal sealed class RecorderEvents(StreamRegistry streams, RunRopes ropes, Action<EngineCommand> post, TimeProvider clock, ILogger<RecorderEvents> log) : IRecorderEvents
{
    private volatile string? _gone;

    /// <summary>Why the recorder is gone, or null while it is there.</summary>
    public string? Gone => _gone;

    /// <summary>Set before a wanted disconnect, which is then not reported.</summary>
    public bool Closing { get; set; }

    public void RunStarted(RunStart start)
    {
        // Signals open a pidfd of their own and check it against the start time (ProcessTree).
        start.Dispose();
        if (!streams.Knows(start.JournalId))
        {
            SupervisionLog.UnknownRun(log, start.RunId, start.Pid);
            ThreadPool.UnsafeQueueUserWorkItem(_ => ProcessTree.Signal(start.Pid, start.ProcessStartTime, PosixSignalName.Sigkill, start.RunId), null);
            return;
        }

        post(new EngineCommand.RunStarted(new RunId(start.RunId), start.Pid, start.ProcessStartTime, UnixTime.FromNanoseconds(start.TimeNs)));
    }

    public void SpawnFailed(SpawnFailure failure)
    {
        ropes.Drop(failure.RunId);
        post(new EngineCommand.RunFailedToStart(new RunId(failure.RunId), failure.Message, clock.GetUtcNow()));
    }

    public void HelloDone()
    {
        // Everything the recorder knew has been reported; nothing is decided on it yet.
    }

    public void JournalAdvanced(Guid journalId, in JournalEnd end) => streams.Announce(journalId, end);

    public void RunExited(ExitRecord exit, Guid journalId, JournalPosition exitChunk, in JournalEnd end, long timeNs)
    {
        post(new EngineCommand.RunExited(new RunId(exit.RunId), exit.ExitCode, exit.Signal, UnixTime.FromNanoseconds(timeNs)));
        streams.Announce(journalId, end);
    }

    public void Pong()
    {
        // Nobody asks yet.
    }

    public void StreamClosed(Guid runId, OutputStream stream) => ropes.StreamClosed(runId, stream);

    public void Disconnected(string reason)
    {
        if (!Closing)
        {
            _gone = reason;
            SupervisionLog.RecorderGone(log, reason);
        }
    }
}
