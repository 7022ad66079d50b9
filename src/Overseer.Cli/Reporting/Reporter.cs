// Runs a command and reports it. What must hold: the command never waits for the hub and never fails because of it; its exit code is this process's; what is reported is in the order in
// which it happened; and nothing of the command line is in it, as that is where people put secrets.

using System.Buffers;
using Overseer.Cli.Console;
using Overseer.Cli.Reporting.Sending;
using Overseer.Cli.Reporting.Spooling;
using Overseer.Core.Tasks;
using Overseer.Recorder.Spawning;

namespace Overseer.Cli.Reporting;

/// <summary>One command from its start to its end, and to the end of its report. For one use.</summary>
internal sealed class Reporter : IDisposable
{
    private const int SignalTerminate = 15;
    private const int SignalKill = 9;
    private const int SignalBase = 128;

    private readonly ReporterOptions _options;
    private readonly CliConsole _console;
    private readonly ReportText _text;
    private readonly SpoolDirectory? _directory;
    private readonly Spool _spool;
    private readonly ReportSender _sender;
    private readonly CancellationTokenSource _ended = new();
    private PipedChild? _child;
    private int _stopping;

    internal Reporter(ReporterOptions options, CliConsole console)
    {
        _options = options;
        _console = console;
        _text = new ReportText(options.ContainerId, Clock);
        if (options.SpoolDirectory is { } directory)
            _directory = new SpoolDirectory(directory, options.ContainerId, options.SpoolBytes, _text.Lost, Complain);
        IReadOnlyList<(Spool Spool, bool HasEnd)> earlier = _directory?.TakeEarlier() ?? [];
        foreach ((Spool spool, bool hasEnd) in earlier)
        {
            if (!hasEnd)
                Put(spool, RecordKind.Last, to => _text.Status(to, "failed", "the reporter of this run died; how its command ended is not known"));
        }
        _spool = _directory?.Begin(Guid.NewGuid(), Clock.GetUtcNow(), earlier.Count > 0)
            ?? Spool.Open(Guid.NewGuid().ToString("D"), new SpoolPlace(null), options.SpoolBytes, _text.Lost, null, out _);
        var sending = new SenderOptions
        {
            Hub = options.Hub,
            Client = options.Client,
            Heartbeat = options.Heartbeat,
            Patience = options.Heartbeat * 2 > TimeSpan.FromSeconds(10) ? options.Heartbeat * 2 : TimeSpan.FromSeconds(10),
            Window = (int)Math.Min(1 << 20, options.SpoolBytes / 8),
            Random = options.Client.Random ?? new Random(),
        };
        _sender = new ReportSender(sending, _text, earlier.Select(one => one.Spool), _spool, Complain) { Commanded = Obey };
    }

    private TimeProvider Clock => _options.Client.Clock;

    /// <summary>Runs the command.</summary>
    /// <returns>Its exit code; 128 and the signal that ended it; 126 or 127 when it could not be started.</returns>
    internal async Task<int> RunAsync(CancellationToken cancellation)
    {
        using var signals = new PassedSignals();
        long begin = Clock.GetTimestamp();
        Put(_spool, RecordKind.Kept, to => _text.Status(to, "starting", null));
        using PipedChild? child = _child = ReportedProgram.Start(_options.Command, _console.Variable("PATH") ?? "", out (int Code, string Text) problem);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task sending;
        int code;
        if (child is null)
        {
            Complain(problem.Text);
            Put(_spool, RecordKind.Kept, to => _text.Status(to, "failed", "the command cannot be started: " + problem.Text));
            Put(_spool, RecordKind.Last, to => _text.Complete(to, problem.Code, "the command cannot be started", Clock.GetElapsedTime(begin)));
            code = problem.Code;
            sending = SendAsync(over.Token);
        }
        else
        {
            signals.PassTo(child);
            Put(_spool, RecordKind.Kept, to => _text.Status(to, "running", $"pid {child.Pid}"));
            Task reading = Read(child);
            sending = SendAsync(over.Token);
            await reading;
            code = End(child, begin);
        }
        signals.Ended();
        await DrainAsync(sending, signals.Afterwards);
        await over.CancelAsync();
        await sending;
        Leave();
        return code;
    }

    public void Dispose()
    {
        _sender.Dispose();
        _spool.Dispose();
        _ended.Dispose();
    }

    private int End(PipedChild child, long begin)
    {
        (int exit, int signal) = child.Reap();
        int code = signal == 0 ? exit : SignalBase + signal;
        _ended.Cancel();
        string how = signal == 0 ? $"exit code {exit}" : $"ended by {PosixSignalName.Of(signal)}";
        Put(_spool, RecordKind.Last, to => _text.Complete(to, code, how, Clock.GetElapsedTime(begin)));
        return code;
    }

    /// <summary>On a thread of its own: the pipes are read with blocking calls, and whoever reads our own output may be slow.</summary>
    private Task Read(PipedChild child)
    {
        var output = new CommandOutput(_text, _spool, _sender.Notify, _options.Quiet ? null : _console);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                child.Read(output.Take);
                done.SetResult();
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        })
        { IsBackground = true, Name = "output" }.Start();
        return done.Task;
    }

    // Whatever goes wrong with the report, it is not the command's fault.
    private async Task SendAsync(CancellationToken cancellation)
    {
        try
        {
            await Task.Run(() => _sender.RunAsync(cancellation), CancellationToken.None);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // it took too long
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Complain($"the report ended: {failure.Message}");
        }
    }

    private async Task DrainAsync(Task sending, CancellationToken hurry)
    {
        _sender.Finish();
        try
        {
            await sending.WaitAsync(_options.Drain, Clock, hurry);
        }
        catch (Exception failure) when (failure is TimeoutException or OperationCanceledException)
        {
            // the rest is left
        }
    }

    private void Leave()
    {
        if (_spool.IsDrained)
            _spool.Delete();
        else
            Complain(_spool.IsOnDisk
                ? "the hub has not got all of the report; the rest is kept, and goes to it with the next report of this container"
                : "the hub has not got all of the report; the rest is lost");
    }

    private void Obey(string command)
    {
        if (!command.Equals("stop", StringComparison.OrdinalIgnoreCase))
        {
            Put(_spool, RecordKind.Line, to => _text.Error(to, $"unknown command: {command}; the reporter knows stop", "UNKNOWN_COMMAND"));
            _sender.Notify();
        }
        else if (Interlocked.Exchange(ref _stopping, 1) == 0)
        {
            _ = StopAsync();
        }
    }

    private async Task StopAsync()
    {
        _child?.Signal(SignalTerminate);
        try
        {
            await Task.Delay(_options.Grace, Clock, _ended.Token);
            _child?.Signal(SignalKill);
        }
        catch (Exception failure) when (failure is OperationCanceledException or ObjectDisposedException)
        {
            // it has ended
        }
    }

    private static void Put(Spool spool, RecordKind kind, Action<IBufferWriter<byte>> write)
    {
        var message = new ArrayBufferWriter<byte>(256);
        write(message);
        spool.Add(kind, message.WrittenSpan);
        spool.Commit();
    }

    private void Complain(string text)
    {
        lock (_console)
            _console.Error.WriteLine("overseer: " + text);
    }
}
