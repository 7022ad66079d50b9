using System.Runtime.InteropServices;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Wire;

namespace Overseer.Diagnosis;

/// <summary>What a recorder says of the one run of a trial.</summary>
internal sealed class TrialEvents : IRecorderEvents, IDisposable
{
    private readonly ManualResetEventSlim _over = new();
    private readonly ManualResetEventSlim _gone = new();
    private RunStart? _start;

    /// <summary>Why it could not be started; null when it could.</summary>
    public string? Failure { get; private set; }

    /// <summary>Its process; after it was started.</summary>
    public SafeHandle? Process => _start?.PidFd;

    /// <summary>Waits until it has ended, or could not be started.</summary>
    public bool Wait(TimeSpan patience) => _over.Wait(patience);

    /// <summary>Waits until the recorder has ended.</summary>
    public void WaitForEnd(TimeSpan patience) => _gone.Wait(patience);

    public void HelloDone()
    {
    }

    public void RunStarted(RunStart start) => _start = start;

    public void SpawnFailed(SpawnFailure failure)
    {
        Failure = failure.Message;
        _over.Set();
    }

    public void JournalAdvanced(Guid journalId, in JournalEnd end)
    {
    }

    public void RunExited(ExitRecord exit, Guid journalId, JournalPosition exitChunk, in JournalEnd end, long timeNs) => _over.Set();

    public void StreamClosed(Guid runId, OutputStream stream)
    {
    }

    public void Pong()
    {
    }

    public void Disconnected(string reason)
    {
        Failure ??= _over.IsSet ? null : reason;
        _over.Set();
        _gone.Set();
    }

    public void Dispose()
    {
        _start?.Dispose();
        _over.Dispose();
        _gone.Dispose();
    }
}
