using Microsoft.Extensions.Logging;
using Overseer.Core.Registry;
using Overseer.Core.Tasks;
using Overseer.Recorder.Processes;

namespace Overseer.Registry;

/// <summary>
/// Signals to adopted processes, on the thread pool: to a process with its group when it leads one, else to it alone, by descriptor, so that no stranger is hit. Thread-safe.
/// </summary>
/// <param name="watch">Has the descriptors.</param>
/// <param name="recorderPid">The recorder, which is never signalled; 0 while there is none.</param>
/// <param name="post">Told who survives SIGKILL.</param>
/// <param name="log">The log.</param>
internal sealed class AdoptedSignals(DeathWatch watch, Func<int> recorderPid, Action<EngineCommand> post, ILogger log)
{
    private const int SigCont = 18;
    private const int NoSuchProcess = 3; // ESRCH

    /// <summary>How long is waited for what SIGKILL was sent to.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _underWay = [];

    /// <summary>Done when no signal is on its way any more.</summary>
    public Task SentAsync()
    {
        lock (_gate)
        {
            return Task.WhenAll(_underWay);
        }
    }

    /// <summary>Sends a signal.</summary>
    public void Send(Effect.SignalProcess signal)
    {
        watch.Keep(signal.Number);
        var sent = Task.Run(() => SendAsync(signal));
        lock (_gate)
        {
            _underWay.Add(sent);
        }

        _ = sent.ContinueWith(Sent, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Whether a signal could be sent: 0, or the errno.</summary>
    public int Probe(long number, AdoptedProcess process)
    {
        using var handle = Open(number, process);
        return handle is null or { HasExited: true } ? NoSuchProcess : handle.Send(0);
    }

    /// <summary>Who lives of a process and the group it leads. Empty when a descriptor of it is held no more.</summary>
    public IReadOnlyList<int> Living(long number, AdoptedProcess process)
    {
        using var handle = Open(number, process);
        return handle is null ? [] : Living(handle);
    }

    private async Task SendAsync(Effect.SignalProcess signal)
    {
        try
        {
            using var handle = Open(signal.Number, signal.Process);
            if (handle is null)
            {
                return;
            }

            var errno = ProcessGroup.Send(handle, signal.Signal, recorderPid());
            if (signal.Signal != PosixSignalName.Sigkill)
            {
                // Who is stopped could not act on it.
                _ = ProcessGroup.Send(handle, SigCont, recorderPid());
                return;
            }

            var left = errno is 0 or NoSuchProcess ? await LeftAsync(handle) : Living(handle);
            if (left.Count > 0)
            {
                RegistryLog.LeftBehind(log, signal.Process.Pid, string.Join(", ", left));
                post(new EngineCommand.AdoptedKillIncomplete(signal.Number, signal.Process, left));
            }
            else
            {
                watch.Unkeep(signal.Number, signal.Process);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            RegistryLog.SignalFailed(log, signal.Process.Pid, e);
        }
    }

    private async Task<IReadOnlyList<int>> LeftAsync(ProcessHandle handle)
    {
        var waited = TimeSpan.Zero;
        for (var pause = TimeSpan.FromMilliseconds(5); ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var left = Living(handle);
            if (left.Count == 0 || waited >= Patience)
            {
                return left;
            }

            await Task.Delay(pause);
            waited += pause;
        }
    }

    private List<int> Living(ProcessHandle handle)
    {
        var pid = handle.Identity.Pid;
        var living = new List<int>();
        if (!handle.HasExited)
        {
            living.Add(pid);
        }

        // The group's number is held by whoever is in it; without a member, or with one that is waited for, it says nothing.
        if (handle.SendToGroup(0) == 0)
        {
            living.AddRange(ProcessGroup.Members(pid, recorderPid()).Select(member => member.Pid).Where(member => member != pid));
        }

        return living;
    }

    private ProcessHandle? Open(long number, AdoptedProcess process) =>
        watch.Borrow(number, process) ?? ProcessHandle.Open(new ProcessIdentity(process.Pid, process.StartTime));

    private void Sent(Task sent)
    {
        lock (_gate)
        {
            _underWay.Remove(sent);
        }
    }
}
