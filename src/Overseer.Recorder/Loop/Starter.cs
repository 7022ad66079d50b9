using System.Runtime.InteropServices;
using Overseer.Recorder.Flight;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Loop;

/// <summary>
/// Carries out spawn requests: everything that can fail without a process is done before there is one. A run is started once, however often it is asked for.
/// </summary>
internal sealed unsafe class Starter(RecorderState state) : IDisposable
{
    private const int StdinRead = 2;
    private const int StdinWrite = 3;

    private readonly SpawnFrame _frame = new();
    private long _sequence;

    /// <summary>The descriptors are this method's to close.</summary>
    /// <exception cref="InvalidDataException">The request is not well-formed.</exception>
    internal void Start(byte* body, int length, ReadOnlySpan<int> descriptors)
    {
        state.Pass.Urgent();
        SpawnFailure? failure = null;
        bool piped = false;
        try
        {
            _frame.Read(body, length);
            if (state.Runs.TryGet(_frame.Message.RunId, out var known))
            {
                state.Outbox.Report(known!);
                return;
            }
            failure = Refusal(descriptors.Length) ?? Start(descriptors, out piped);
        }
        finally
        {
            // Those of the output and the writing end of the input are the run's now; the input's reading end has been duplicated into the child.
            for (int i = 0; i < descriptors.Length; i++)
            {
                if (!piped || i == StdinRead)
                    _ = Libc.Close(descriptors[i]);
            }
        }
        if (failure is not null)
            state.Outbox.Add(new Notice(MessageKind.SpawnFailed, Failure: failure));
    }

    public void Dispose() => _frame.Dispose();

    private SpawnFailure? Refusal(int descriptors)
    {
        var message = _frame.Message;
        var asked = message.Flags & state.Spawner.Unable;
        if (asked != SpawnFlags.None)
            return Failure(SpawnStep.Unsupported, 0, "", $"this recorder cannot start programs with: {asked}");
        if (message.CpuMilli >= 0 && !ChildLimits.Holds(_frame, "/cpu.max\0"u8))
            return Failure(SpawnStep.Unsupported, 0, "", "a share of a processor needs a cgroup that has the cpu controller");
        if (message.FlightSlot >= 0 && RefusalOfSlot(message.RunId, message.FlightSlot) is { } reason)
            return Failure(SpawnStep.Unsupported, 0, "", $"not started: {reason}");
        int expected = message.Flags.HasFlag(SpawnFlags.StdinPipe) ? 4 : 2;
        return descriptors == expected
            ? null
            : Failure(SpawnStep.Pipes, 0, "", $"{expected} pipes belong to this request, {descriptors} came");
    }

    /// <summary>A run that has become a process once does not become another: not here, whatever the server believes.</summary>
    private string? RefusalOfSlot(Guid run, int slot)
    {
        if (state.Options.Flight is not { } flight || slot >= FlightPage.Slots)
            return "this recorder does not share that slot with the server";
        if (flight.RunAt(slot) != run)
            return $"the slot {slot} is not this run's";
        int pid = *flight.PidAddress(slot);
        return pid == 0 ? null : $"it was before, as process {pid}";
    }

    private SpawnFailure? Start(ReadOnlySpan<int> descriptors, out bool piped)
    {
        piped = false;
        OpenJournal journal;
        try
        {
            journal = state.Journals.Use(_frame.Message.JournalId, _frame.Journal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            int errno = e is JournalFullException full ? full.Errno : 0;
            return Failure(SpawnStep.Journal, errno, state.Options.JournalRoot, $"cannot record the output: {e.Message}");
        }
        var failure = Start(journal, descriptors);
        piped = failure is null;
        if (failure is not null)
            state.Journals.Release(journal);
        return failure;
    }

    private SpawnFailure? Start(OpenJournal journal, ReadOnlySpan<int> descriptors)
    {
        var stdout = new OutputPipe(state.Streams, descriptors[0], OutputStream.Stdout);
        var stderr = new OutputPipe(state.Streams, descriptors[1], OutputStream.Stderr);
        int errno = Watch(stdout, stderr);
        if (errno != 0)
            return NoDescriptors(errno);
        var streams = new SpawnStreams(descriptors.Length > StdinRead ? descriptors[StdinRead] : -1, descriptors[0], descriptors[1], state.Births);
        var result = state.Spawner.Spawn(_frame, in streams, state.Options.Flight);
        if (result.Errno != 0)
        {
            Unwatch(stdout, stderr);
            return SpawnDiagnosis.Explain(_frame, result);
        }
        return Follow(journal, result.Pid, result.Pidfd, stdout, stderr, descriptors.Length > StdinWrite ? descriptors[StdinWrite] : -1);
    }

    private SpawnFailure? Follow(OpenJournal journal, int pid, int pidfd, OutputPipe stdout, OutputPipe stderr, int stdin)
    {
        var run = new Run
        {
            Id = _frame.Message.RunId,
            Ordinal = _frame.Message.Run,
            Journal = journal,
            Sequence = ++_sequence,
            Pid = pid,
            ProcessStartTime = ProcessStat.StartTime(pid),
            StartedNs = Libc.ClockGetTime(Libc.CLOCK_REALTIME),
            Stdout = stdout,
            Stderr = stderr,
        };
        int errno = Errno.EMFILE;
        if (pidfd >= 0)
        {
            run.Process = new RunExit(state, run, pidfd);
            errno = state.Poller.Add(run.Process, EpollEvent.In);
        }
        if (errno != 0)
        {
            // Cannot be followed, so it must not run: what is not known to the server would never be stopped. It did begin, so its flight slot keeps the pid.
            Unwatch(stdout, stderr);
            Abandon(pid, pidfd);
            return NoDescriptors(errno);
        }
        state.Inputs.Open(run, stdin);
        stdout.Run = run;
        stderr.Run = run;
        state.Runs.Add(run);
        try
        {
            journal.Writer.AppendStarted(run.Id, pid, run.Ordinal, run.ProcessStartTime, run.StartedNs);
        }
        catch (JournalException e)
        {
            state.Streams.NoRoom(journal, e.Message);
        }
        state.Outbox.Add(new Notice(MessageKind.RunStarted, run));
        state.Outbox.Advanced(journal);
        return null;
    }

    private static void Abandon(int pid, int pidfd)
    {
        _ = Libc.Kill(pid, Libc.SIGKILL);
        SignalInfo info;
        while (Libc.WaitId(Libc.P_PID, pid, &info, Libc.WEXITED, null) != 0 && Marshal.GetLastPInvokeError() == Errno.EINTR)
        {
        }
        if (pidfd >= 0)
            _ = Libc.Close(pidfd);
    }

    private int Watch(OutputPipe stdout, OutputPipe stderr)
    {
        int errno = state.Poller.Add(stdout, EpollEvent.In);
        if (errno != 0)
            return errno;
        errno = state.Poller.Add(stderr, EpollEvent.In);
        if (errno != 0)
            state.Poller.Remove(stdout);
        return errno;
    }

    private void Unwatch(OutputPipe stdout, OutputPipe stderr)
    {
        state.Poller.Remove(stdout);
        state.Poller.Remove(stderr);
    }

    private SpawnFailure NoDescriptors(int errno)
    {
        string file = SpawnFrame.Text(_frame.File);
        return Failure(SpawnStep.Pipes, errno, file, $"cannot start {file}: the recorder has no descriptors left: {Errno.Describe(errno)}");
    }

    private SpawnFailure Failure(SpawnStep step, int errno, string path, string message) => new(_frame.Message.RunId, step, errno, path, message);
}
