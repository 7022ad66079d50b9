using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Flight;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Loop;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Takeover;

namespace Overseer.Recorder.Wire;

/// <summary>
/// A server's connection to its recorder. All members may be called from any thread; events come on one thread of the link's own. Requests never wait: what the recorder does
/// not read is kept. After a disconnection they are lost, and what became of them is learnt from the next hello.
/// </summary>
public sealed class RecorderLink : IDisposable
{
    private readonly SafeFileHandle _socket;
    private readonly RecorderSender _sender;
    private readonly LinkReceiver _receiver;
    private readonly Thread? _recorderThread;
    private readonly PidHandle _recorder;

    private RecorderLink(SafeFileHandle socket, IRecorderEvents events, long epoch, Thread? recorderThread, int version = WireVersion.Current)
    {
        _socket = socket;
        _sender = new RecorderSender(socket);
        _receiver = new LinkReceiver(socket, events);
        _recorderThread = recorderThread;
        try
        {
            _sender.Send(MessageKind.Hello, new HelloMessage { Version = version, Pid = Environment.ProcessId, Epoch = epoch });
            RecorderPid = _receiver.ReadAnswer();
            // It has answered just now, so the number is still its own, or nobody's.
            _recorder = new PidHandle(Libc.PidfdOpen(RecorderPid));
            _receiver.Births = BirthInbox.Open(_sender);
            _receiver.Start();
        }
        catch
        {
            _receiver.Dispose();
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Process id of the recorder; this process's own when it runs in-process.</summary>
    public int RecorderPid { get; }

    /// <summary>
    /// The recorder's process (this one when it runs in-process): readable when it has ended. Only then may another be started in its place: one that was killed may live on for as long as its disk is
    /// stuck, and write. Invalid when it ended right after it had answered, or when there is no descriptor left. The link's; valid until it is disposed of.
    /// </summary>
    public SafeHandle RecorderPidFd => _recorder;

    /// <summary>Connects to the recorder that listens at the path.</summary>
    /// <param name="socketPath">Path of its socket, at most 107 bytes.</param>
    /// <param name="events">Told what happens, from before this method returns.</param>
    /// <param name="epoch">Grows with each start of the server on one state directory: a recorder refuses servers older than the newest it has seen.</param>
    /// <exception cref="RecorderUnavailableException">Nobody listens, the recorder belongs to somebody else, or it refuses this server.</exception>
    public static RecorderLink Connect(string socketPath, IRecorderEvents events, long epoch) => new(UnixSocket.Connect(socketPath), events, epoch, null);

    /// <summary>Claims to speak another version, for tests.</summary>
    internal static RecorderLink ConnectAs(int version, string socketPath, IRecorderEvents events, long epoch) => new(UnixSocket.Connect(socketPath), events, epoch, null, version);

    /// <summary>
    /// Runs the recorder on a thread of this process, for tests and for programs that embed the library. It ends with the link, or after <see cref="Shutdown"/>. Programs that still run then go on and block when
    /// their pipe is full: stop them first. Do not wait for children with <c>waitpid(-1)</c> in such a process.
    /// </summary>
    /// <param name="journalRoot">Directory of the journals.</param>
    /// <param name="events">Told what happens.</param>
    /// <param name="epoch">As in <see cref="Connect"/>.</param>
    /// <param name="log">Takes the recorder's log, line by line, on its thread; nothing is logged when null.</param>
    /// <param name="flight">The page that requests may have slots in; to be disposed of after the link. None when null.</param>
    public static RecorderLink StartInProcess(string journalRoot, IRecorderEvents events, long epoch = 0, Action<string>? log = null, FlightPage? flight = null) =>
        StartInProcess(journalRoot, events, epoch, log, flight, SpawnerChoices.OfEnvironment());

    internal static RecorderLink StartInProcess(string journalRoot, IRecorderEvents events, long epoch, Action<string>? log, FlightPage? flight, SpawnerChoice spawner)
    {
        ChildSignals.RestoreIfIgnored();
        var options = new RecorderOptions
        {
            JournalRoot = journalRoot,
            OwnProcess = false,
            ChildSoftNoFile = NoFileLimit.BeforeTheRuntimeRaisedIt(),
            Log = log ?? (static _ => { }),
            Flight = flight,
            Spawner = spawner,
        };
        Directory.CreateDirectory(journalRoot);
        var (server, recorder) = UnixSocket.Pair();
        var loop = new RecorderLoop(options);
        loop.Admit(recorder);
        var thread = new Thread(() =>
        {
            using (loop)
                loop.Run();
        })
        { IsBackground = true, Name = "overseer recorder" };
        thread.Start();
        return new RecorderLink(server, events, epoch, thread);
    }

    /// <summary>
    /// Asks for a run. The answer is <see cref="IRecorderEvents.RunStarted"/> or <see cref="IRecorderEvents.SpawnFailed"/>, also for requests that are refused before they are sent. Asking again
    /// for a run that is known repeats the answer and starts nothing.
    /// </summary>
    /// <param name="request">The run.</param>
    /// <param name="announce">Told of the pipes before the request is sent, so that they can be noted where a crash leaves them.</param>
    /// <returns>The server's ends of the run's pipes; the caller's to dispose of.</returns>
    /// <exception cref="RecorderUnavailableException">The recorder is more than 64 MiB of requests behind. Nothing was asked for.</exception>
    public RunHandles Spawn(SpawnRequest request, Action<PipeInodes>? announce = null)
    {
        if (SpawnRequestCheck.Refusal(request) is { } refusal)
            return Refused(refusal);
        if (!_sender.HasRoom)
            throw new RecorderUnavailableException("the recorder is too far behind with earlier requests");
        using var pipes = new SpawnPipes();
        int errno = pipes.Open(request.StdinPipe);
        if (errno != 0)
            return Refused(new SpawnFailure(request.RunId, SpawnStep.Pipes, errno, "", $"cannot start {request.File}: no pipes for it: {Errno.Describe(errno)}"));
        announce?.Invoke(pipes.Inodes);
        int[] descriptors = pipes.ToSend();
        byte[] frame = SpawnEncoder.Encode(request, (ushort)descriptors.Length);
        _sender.Send(frame, descriptors);
        return pipes.Keep();
    }

    /// <summary>The run's result is safe with the server; the recorder forgets it.</summary>
    public void Stored(Guid runId) => _sender.Send(MessageKind.Stored, new IdMessage { Id = runId });

    /// <summary>
    /// After a recorder died: this one takes the run over. The answers are <see cref="IRecorderEvents.RunStarted"/> (always, also for a run that has ended), <see cref="IRecorderEvents.StreamClosed"/>
    /// and <see cref="IRecorderEvents.RunExited"/>, as for its own. A run that it knows is reported again, and nothing else is done. While the journal cannot be opened it tries again, and answers
    /// when it could.
    /// </summary>
    /// <param name="run">The run; its handles are duplicated and may be disposed of at once.</param>
    public void Adopt(RunHandover run) => HandoverCodec.Send(_sender, MessageKind.Adopt, run);

    /// <summary>
    /// The server, a subreaper, has waited for the process of an adopted run (<see cref="Processes.ChildReaper"/>). Without effect when the run's exit is known.
    /// </summary>
    public void Reaped(Guid runId, ExitStatus status) => _sender.Send(MessageKind.Reaped, new ReapedMessage
    {
        RunId = runId,
        ExitCode = status.ExitCode,
        Signal = status.Signal,
        UserMicroseconds = status.UserMicroseconds,
        SystemMicroseconds = status.SystemMicroseconds,
        MaxRssKilobytes = status.MaxRssKilobytes,
        TimeNs = status.TimeNs,
    });

    /// <summary>Asks for <see cref="IRecorderEvents.Pong"/>: a recorder that does not answer is stuck in its disk.</summary>
    public void Ping() => _sender.Send(MessageKind.Ping);

    /// <summary>
    /// The run's input is at its end: the recorder closes its duplicate of the writing end. The program reads its end of input when <see cref="RunHandles.StandardInput"/> is disposed of and
    /// <see cref="RunStart.InputHolder"/> has been ended too. Nothing happens when it is closed already.
    /// </summary>
    public void CloseInput(Guid runId) => _sender.Send(MessageKind.CloseInput, new IdMessage { Id = runId });

    /// <summary>The journal's task will not start again soon: the recorder closes it when nothing writes to it. A later run opens it again.</summary>
    public void CloseJournal(Guid journalId) => _sender.Send(MessageKind.CloseJournal, new IdMessage { Id = journalId });

    /// <summary>The recorder ends when no run is left and all results are <see cref="Stored"/>; a later hello takes it back. Stop the runs first.</summary>
    public void Shutdown() => _sender.Send(MessageKind.Shutdown);

    /// <summary>Closes the connection; the recorder and its runs go on (in-process, the recorder ends). Waits for an event that is being handled, unless called from one.</summary>
    public void Dispose()
    {
        _receiver.Dispose();
        _socket.Dispose();
        _recorder.Dispose();
        if (_recorderThread is not null && Thread.CurrentThread != _recorderThread)
            _recorderThread.Join();
    }

    /// <summary>Goes to the recorder and comes back, so that it is raised in its turn and on the right thread like any other failure.</summary>
    private RunHandles Refused(SpawnFailure failure)
    {
        var message = FailureCodec.Encode(failure, out byte[] tail);
        _sender.Send(MessageKind.Refused, in message, tail);
        return new RunHandles(null, null, null);
    }
}
