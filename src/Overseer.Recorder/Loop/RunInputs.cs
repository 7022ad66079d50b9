using Overseer.Recorder.Interop;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Takeover;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Loop;

/// <summary>
/// The writing ends of the runs' standard input. Nothing is ever written here: they are kept so that the server's death is not the program's end of input, and handed to the next server. They are
/// closed when the server says that the input is at its end, and when the process has ended.
/// </summary>
internal sealed unsafe class RunInputs(RecorderState state) : IDisposable
{
    private PosixSpawner? _spawner;
    private bool _saidRefused;

    /// <summary>The run has begun, and the descriptor, -1 when its input is no pipe, is its own from now on.</summary>
    internal void Open(Run run, int descriptor)
    {
        if (descriptor < 0)
            return;
        run.Stdin = descriptor;
        run.Input = InputState.Open;
        run.InputHolder = Hold(run);
    }

    /// <summary>The run goes on here; the descriptor that came for it is taken.</summary>
    internal void Take(Run run, Adoption adoption, bool alive)
    {
        run.Input = adoption.Input;
        run.Stdin = adoption.Stdin;
        run.InputHolder = new InputHolder(adoption.Message.HolderPid, adoption.Message.HolderStartTime);
        if (!alive || run.Exit is not null || run.Input == InputState.Closed)
            End(run);
        else if (run.Stdin >= 0 && !run.InputHolder.IsAlive)
            run.InputHolder = Hold(run);
    }

    /// <summary>The server has ended the input of a run.</summary>
    internal void Close(Guid runId)
    {
        if (!state.Runs.TryGet(runId, out var run))
        {
            state.Adopter.CloseInput(runId);
            return;
        }
        if (run!.Input == InputState.None)
            return;
        run.Input = InputState.Closed;
        End(run);
    }

    /// <summary>Nobody of ours holds it any more.</summary>
    internal static void End(Run run)
    {
        run.InputHolder.End();
        run.InputHolder = default;
        if (run.Stdin >= 0)
            _ = Libc.Close(run.Stdin);
        run.Stdin = -1;
    }

    public void Dispose() => _spawner?.Dispose();

    /// <summary>Starts a holder. Without one the input ends if server and recorder die together, and not otherwise. In a host process they are one.</summary>
    private InputHolder Hold(Run run)
    {
        if (!state.Options.OwnProcess)
            return default;
        _spawner ??= new PosixSpawner(state.Options.ChildSoftNoFile, ownProcess: true);
        using var argv = new NativeStrings(["/bin/sh", "-c", "exec sleep 2147483647"]);
        using var environment = new NativeStrings([InputHolders.MarkOf(run.Id), "PATH=/usr/local/bin:/usr/bin:/bin"]);
        int errno;
        int pid;
        fixed (byte* directory = "/\0"u8)
            errno = _spawner.Spawn(argv.Pointer[0], argv.Pointer, environment.Pointer, directory, new SpawnStreams(-1, run.Stdin, run.Stdin), anew: false, -1, out pid);
        if (errno == 0)
            return new InputHolder(pid, ProcessStat.StartTime(pid));
        if (!_saidRefused)
            state.Log($"nobody beside server and recorder holds the input of run {run.Id:N}: {Errno.Describe(errno)}; this is not repeated for others");
        _saidRefused = true;
        return default;
    }
}
