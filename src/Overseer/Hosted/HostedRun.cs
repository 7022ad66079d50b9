using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.Core.Time;
using Overseer.Recorder.Journal;
using Overseer.Streams;

namespace Overseer.Hosted;

/// <summary>
/// A run that is carried out in the server: what its host reports is written to the journal, and then told to the engine and the streams, as the recorder does for processes. Thread-safe.
/// </summary>
internal sealed class HostedRun : IHostedRun, IDisposable
{
    /// <summary>Most characters that are kept of a note.</summary>
    public const int MaxNote = 256;

    /// <summary>Most bytes of one piece of output: so much is written whole or not at all.</summary>
    public const int MaxPiece = 256 << 10;

    private readonly Lock _gate = new();
    private readonly HostedJournal _journal;
    private readonly Guid _journalId;
    private readonly StreamRegistry _streams;
    private readonly Action<EngineCommand> _post;
    private readonly TimeProvider _clock;
    private bool _started;
    private bool _over;
    private HostedPlace? _last;

    /// <summary>Makes it.</summary>
    /// <param name="host">Who carries it out.</param>
    /// <param name="identity">The task, its journal, the run and its ordinal.</param>
    /// <param name="reference">What the host finds it by.</param>
    /// <param name="started">Whether the engine knows that it has begun.</param>
    /// <param name="journal">Where it is written.</param>
    /// <param name="streams">Who reads it.</param>
    /// <param name="post">Hands a command to the engine.</param>
    /// <param name="clock">Time.</param>
    public HostedRun(
        IRunHost host, (string TaskId, Guid Journal, RunId Run, int Ordinal) identity, string? reference, bool started, HostedJournal journal, StreamRegistry streams, Action<EngineCommand> post, TimeProvider clock)
    {
        Host = host;
        (TaskId, _journalId, RunId, Ordinal) = identity;
        Reference = reference;
        _started = started;
        _journal = journal;
        _streams = streams;
        _post = post;
        _clock = clock;
    }

    /// <summary>Who carries it out.</summary>
    public IRunHost Host { get; }

    /// <inheritdoc/>
    public string TaskId { get; }

    /// <inheritdoc/>
    public RunId RunId { get; }

    /// <inheritdoc/>
    public int Ordinal { get; }

    /// <inheritdoc/>
    public string? Reference { get; }

    /// <inheritdoc/>
    public HostedPlace Last
    {
        get
        {
            lock (_gate)
            {
                return LastPlace();
            }
        }
    }

    /// <inheritdoc/>
    public void Started(int pid, long processStartTime, DateTimeOffset at)
    {
        lock (_gate)
        {
            if (_over || _started)
            {
                return;
            }

            _journal.Pid = pid;
            _journal.Start(processStartTime, at);
            _started = true;
            _post(new EngineCommand.RunStarted(RunId, pid, processStartTime, at));
        }
    }

    /// <inheritdoc/>
    public long Write(HostedOutput output, ReadOnlySpan<byte> data, DateTimeOffset at)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(data.Length, MaxPiece, nameof(data));
        lock (_gate)
        {
            if (_over)
            {
                return 0;
            }

            if (!_started)
            {
                throw new InvalidOperationException($"run {RunId} of task {TaskId} has output and was not started");
            }

            var next = _journal.Write(output == HostedOutput.Stderr ? OutputStream.Stderr : OutputStream.Stdout, data, at);
            if (_last is { } last)
            {
                _last = last.At == at ? last with { Pieces = last.Pieces + 1 } : new HostedPlace(at, 1);
            }

            return next;
        }
    }

    /// <inheritdoc/>
    public void Note(string? note)
    {
        if (note?.Length > MaxNote)
        {
            note = note[..(char.IsHighSurrogate(note[MaxNote - 1]) ? MaxNote - 1 : MaxNote)];
        }

        lock (_gate)
        {
            if (!_over)
            {
                _post(new EngineCommand.RunNoted(RunId, note));
            }
        }
    }

    /// <inheritdoc/>
    public void Failed(string message)
    {
        lock (_gate)
        {
            if (_over)
            {
                return;
            }

            if (_started)
            {
                throw new InvalidOperationException($"run {RunId} of task {TaskId} has begun already: {message}");
            }

            _over = true;
            _journal.Dispose();
            _post(new EngineCommand.RunFailedToStart(RunId, message, _clock.GetUtcNow()));
        }
    }

    /// <inheritdoc/>
    public void Exited(int exitCode, int signal, DateTimeOffset at)
    {
        lock (_gate)
        {
            if (_over)
            {
                return;
            }

            if (!_started)
            {
                throw new InvalidOperationException($"run {RunId} of task {TaskId} has ended and was not started");
            }

            var (exit, timeNs, end) = _journal.Exit(signal > 0 ? -1 : exitCode, signal, at);
            _over = true;
            _journal.Dispose();
            _post(new EngineCommand.RunExited(RunId, exit.ExitCode, exit.Signal, UnixTime.FromNanoseconds(timeNs)));
            _streams.AnnounceExit(_journalId, end, timeNs);
        }
    }

    // A run of this server's own has nothing in the journal yet; of another one, it is looked for when somebody asks.
    private HostedPlace LastPlace() => _last ??= _journal.Last;

    /// <summary>The server ends, and the run does not: nothing more is written.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _over = true;
            _journal.Dispose();
        }
    }
}
