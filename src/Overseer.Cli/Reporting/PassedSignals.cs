using System.Runtime.InteropServices;
using Overseer.Recorder.Spawning;

namespace Overseer.Cli.Reporting;

/// <summary>Signals that this process gets, for the command: whoever stops a container signals its first process. Thread-safe.</summary>
internal sealed class PassedSignals : IDisposable
{
    private static readonly (PosixSignal Signal, int Number)[] Passed =
    [
        (PosixSignal.SIGHUP, 1), (PosixSignal.SIGINT, 2), (PosixSignal.SIGQUIT, 3), ((PosixSignal)10, 10), ((PosixSignal)12, 12), (PosixSignal.SIGTERM, 15),
    ];

    private readonly Lock _gate = new();
    private readonly List<int> _early = [];
    private readonly PosixSignalRegistration[] _registrations;
    private readonly CancellationTokenSource _afterwards = new();
    private PipedChild? _child;
    private bool _hasEnded;

    internal PassedSignals() => _registrations = [.. Passed.Select(one => PosixSignalRegistration.Create(one.Signal, context =>
    {
        context.Cancel = true;
        Take(one.Number);
    }))];

    /// <summary>Is cancelled by a signal that comes once the command has ended.</summary>
    internal CancellationToken Afterwards => _afterwards.Token;

    /// <summary>The command runs: signals are its own, those too that came before.</summary>
    internal void PassTo(PipedChild child)
    {
        lock (_gate)
        {
            _child = child;
            foreach (int number in _early)
                child.Signal(number);
        }
    }

    /// <summary>The command has ended, or was never started.</summary>
    internal void Ended()
    {
        lock (_gate)
            _hasEnded = true;
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _afterwards.Dispose();
    }

    private void Take(int number)
    {
        lock (_gate)
        {
            if (_hasEnded)
                _afterwards.Cancel();
            else if (_child is not null)
                _child.Signal(number);
            else
                _early.Add(number);
        }
    }
}
