using System.ComponentModel;
using Overseer.Recorder.Loop;

namespace Overseer.Recorder.Systemd;

/// <summary>The recorder as a unit of its own; does nothing when no service manager started it.</summary>
internal sealed class RecorderService : IDisposable
{
    private readonly NotifySocket? _manager = NotifySocket.Open(Environment.GetEnvironmentVariable(NotifySocket.Variable));
    private WatchdogPing? _watchdog;

    /// <summary>Pings from the loop as often as the manager wants it.</summary>
    /// <exception cref="IOException">There is no timer to be had: without pings the manager would end the recorder.</exception>
    internal void Watch(RecorderLoop loop)
    {
        if (_manager is null || WatchdogInterval.OfThisProcess() is not { } interval)
            return;
        try
        {
            _watchdog = new WatchdogPing(_manager, interval);
        }
        catch (Win32Exception e)
        {
            throw new IOException($"cannot make a timer for the watchdog: {e.Message}", e);
        }
        loop.Watch(_watchdog);
    }

    /// <summary>The socket listens.</summary>
    internal void Ready(string where) => _manager?.Send($"READY=1\nSTATUS=listens at {where}");

    /// <summary>It ends of its own accord.</summary>
    internal void Stopping() => _manager?.Send("STOPPING=1");

    public void Dispose()
    {
        _watchdog?.Dispose();
        _manager?.Dispose();
    }
}
