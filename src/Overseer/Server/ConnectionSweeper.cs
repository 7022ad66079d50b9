namespace Overseer.Server;

/// <summary>
/// Pings silent connections and drops dead ones. A connection that is in the middle of a write is left alone: its peer may read slowly or
/// not at all, which costs nobody else anything, and the kernel notices a peer that is gone.
/// </summary>
internal sealed class ConnectionSweeper(FrontDoor door, ServerContext context) : IDisposable
{
    private ITimer? _timer;

    /// <summary>Begins to sweep, four times an interval.</summary>
    public void Start()
    {
        var period = context.Limits.PingInterval / 4;
        _timer = context.Clock.CreateTimer(_ => Sweep(), state: null, period, period);
    }

    /// <summary>The interval is another.</summary>
    public void Adjust() => _timer?.Change(context.Limits.PingInterval / 4, context.Limits.PingInterval / 4);

    public void Dispose() => _timer?.Dispose();

    private void Sweep()
    {
        foreach (var connection in door.Connections)
        {
            var silence = connection.Gate.Silence;
            if (connection.Gate.IsWriting || silence < context.Limits.PingInterval)
            {
                continue;
            }

            if (silence >= context.Limits.PingInterval * 2)
            {
                ServerLog.Silent(context.Log, connection.Number, silence);
                connection.Abort();
                continue;
            }

            _ = PingAsync(connection);
        }
    }

    private static async Task PingAsync(V2Connection connection)
    {
        try
        {
            await connection.Gate.PingAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            connection.Abort();
        }
    }
}
