using System.Runtime.InteropServices;
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
    private const SpawnFlags Unsupported = SpawnFlags.User | SpawnFlags.Limits | SpawnFlags.Cgroup | SpawnFlags.Terminal;

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
            // The first two are the pipes' now; standard input has been duplicated into the child.
            for (int i = piped ? 2 : 0; i < descriptors.Length; i++)
                _ = Libc.Close(descriptors[i]);
        }
        if (failure is not null)
            state.Outbox.Add(new Notice(MessageKind.SpawnFailed, Failure: failure));
    }

    public void Dispose() => _frame.Dispose();

    private SpawnFailure? Refusal(int descriptors)
    {
        var message = _frame.Message;
        var asked = message.Flags & Unsupported;
        if (asked != SpawnFlags.None)
            return Failure(SpawnStep.Unsupported, 0, "", $"this recorder cannot start programs with: {asked}");
        int expected = message.Flags.HasFlag(SpawnFlags.StdinPipe) ? 3 : 2;
        return descriptors == expected
            ? null
            : Failure(SpawnStep.Pipes, 0, "", $"{expected} pipes belong to this request, {descriptors} came");
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
        // A number is kept free for the pidfd, so that a start cannot fail after the program began to run.
        int spare = Libc.Duplicate(descriptors[0]);
        if (spare < 0)
            return NoDescriptors(Marshal.GetLastPInvokeError());
        var stdout = new OutputPipe(state.Streams, descriptors[0], OutputStream.Stdout);
        var stderr = new OutputPipe(state.Streams, descriptors[1], OutputStream.Stderr);
        int errno = Watch(stdout, stderr);
        if (errno != 0)
        {
            _ = Libc.Close(spare);
            return NoDescriptors(errno);
        }
        errno = state.Spawner.Spawn(_frame, descriptors.Length > 2 ? descriptors[2] : -1, descriptors[0], descriptors[1], out int pid);
        _ = Libc.Close(spare);
        if (errno != 0)
        {
            Unwatch(stdout, stderr);
            return SpawnDiagnosis.Explain(_frame, errno);
        }
        return Follow(journal, pid, stdout, stderr);
    }

    private SpawnFailure? Follow(OpenJournal journal, int pid, OutputPipe stdout, OutputPipe stderr)
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
        int pidfd = Libc.PidfdOpen(pid);
        int errno = pidfd < 0 ? Marshal.GetLastPInvokeError() : 0;
        if (errno == 0)
        {
            run.Process = new RunExit(state, run, pidfd);
            errno = state.Poller.Add(run.Process, EpollEvent.In);
        }
        if (errno != 0)
        {
            // Cannot be followed, so it must not run: what is not known to the server would never be stopped.
            Unwatch(stdout, stderr);
            Abandon(pid, pidfd);
            return NoDescriptors(errno);
        }
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
