using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Overseer.Chaos.Halves;

/// <summary>`overseer serve`, started again and again in the same directories.</summary>
internal sealed partial class ServerHalf : IDisposable
{
    private readonly string _program;
    private readonly ChaosPlaces _places;
    private readonly KillHistory _history;
    private readonly Faults _faults;
    private readonly StreamWriter _log;
    private readonly Lock _logGate = new();
    private Incarnation? _current;
    private volatile int _child;
    private int _count;

    internal ServerHalf(string program, ChaosPlaces places, KillHistory history, Faults faults)
    {
        _program = program;
        _places = places;
        _history = history;
        _faults = faults;
        _log = new StreamWriter(places.ServerLog) { AutoFlush = true };
    }

    /// <summary>Pid; 0 while there is none.</summary>
    internal int Pid => Volatile.Read(ref _current)?.Process.Id ?? 0;

    /// <summary>The process that this one started last, alive or not.</summary>
    internal int ChildPid => _child;

    /// <summary>The port it listens on; 0 while it does not say that it is ready.</summary>
    internal int Port => Volatile.Read(ref _current) is { } current && current.Port.IsCompletedSuccessfully ? current.Port.Result : 0;

    /// <summary>How often it was started.</summary>
    internal int Starts => _count;

    internal void Start()
    {
        var start = new ProcessStartInfo(_program, ["serve", "--config", _places.Configuration, "--state-dir", _places.State, "--runtime-dir", _places.Runtime])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("OVERSEER_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        var process = Process.Start(start)!;
        _child = process.Id;
        var number = ++_count;
        _history.Note($"server {process.Id} started");
        var current = new Incarnation(process, ReadPortAsync(process), CopyAsync(process, number));
        Volatile.Write(ref _current, current);
        _ = WatchAsync(current);
    }

    /// <summary>Kills it, and waits until it is dead.</summary>
    internal async Task KillAsync()
    {
        if (Volatile.Read(ref _current) is not { } current)
            return;
        Volatile.Write(ref _current, null);
        _history.ServerKilled(current.Process.Id);
        _ = Interop.Kill(current.Process.Id, Interop.SigKill);
        await current.Process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Ends it with SIGTERM.</summary>
    /// <returns>Its exit code; null when it has not ended within the time.</returns>
    internal async Task<int?> StopAsync(TimeSpan limit)
    {
        if (Volatile.Read(ref _current) is not { } current)
            return null;
        Volatile.Write(ref _current, null);
        _history.Note($"SIGTERM to server {current.Process.Id}");
        _ = Interop.Kill(current.Process.Id, Interop.SigTerm);
        try
        {
            await current.Process.WaitForExitAsync(CancellationToken.None).WaitAsync(limit);
            return current.Process.ExitCode;
        }
        catch (TimeoutException)
        {
            _ = Interop.Kill(current.Process.Id, Interop.SigKill);
            return null;
        }
    }

    /// <summary>Waits until it says that it is ready.</summary>
    internal async Task ReadyAsync(TimeSpan limit) => await _current!.Port.WaitAsync(limit);

    public void Dispose()
    {
        if (Volatile.Read(ref _current) is { } current)
        {
            Volatile.Write(ref _current, null);
            _ = Interop.Kill(current.Process.Id, Interop.SigKill);
        }
    }

    private async Task WatchAsync(Incarnation incarnation)
    {
        await incarnation.Process.WaitForExitAsync(CancellationToken.None);
        if (Volatile.Read(ref _current) == incarnation)
            _faults.Add($"the server (pid {incarnation.Process.Id}) has ended by itself, code {incarnation.Process.ExitCode}");
    }

    // Never completes when it is killed before it is ready.
    private async Task<int> ReadPortAsync(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Address().Match(line) is { Success: true } match)
            {
                _history.Note($"server {process.Id} is ready");
                return int.Parse(match.Groups["port"].Value, CultureInfo.InvariantCulture);
            }
        }
        await Task.Delay(Timeout.Infinite);
        return 0;
    }

    private async Task CopyAsync(Process process, int number)
    {
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_logGate)
                _log.WriteLine($"[{number}] {line}");
        }
    }

    [GeneratedRegex(@"ws://[^ ]*:(?<port>\d+)/ws", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();

    private sealed record Incarnation(Process Process, Task<int> Port, Task Copying);
}
