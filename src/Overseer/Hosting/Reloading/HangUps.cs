using System.Threading.Channels;
using Overseer.Hosting.Systemd;

namespace Overseer.Hosting.Reloading;

/// <summary>
/// What SIGHUP does: the event log goes on in the file that its path leads to by then, and the configuration is read again. Signals that come while that is going on are one more,
/// after it: what the file says at the last of them is what is read.
/// </summary>
internal sealed class HangUps
{
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>A signal has come. Thread-safe; never waits.</summary>
    public void Came() => _signals.Writer.TryWrite(true);

    /// <summary>Serves signals until <paramref name="end"/>; those that came before too.</summary>
    public async Task ServeAsync(OverseerServer server, ServiceNotifier manager, CancellationToken end)
    {
        try
        {
            await foreach (var _ in _signals.Reader.ReadAllAsync(end))
            {
                manager.Reloading();
                server.ReopenEventLog();
                var result = await server.ReloadAsync("SIGHUP");
                manager.Reloaded(result.Applied ? $"goes by the configuration as it is now; differences: {result.Changed.Count}" : $"the configuration is wrong, nothing was changed: {result.Errors[0]}");
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The server ends.
        }
    }
}
