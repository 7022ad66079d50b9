namespace Overseer.Server;

/// <summary>
/// Pings silent connections and drops dead ones. A connection that is in the middle of a write has longer: its peer may read slowly, or not at
/// all for a while, which costs nobody else anything. Connections of the hub have rules of their own (<see cref="Hub.HubRounds"/>).
/// </summary>
internal sealed class ConnectionSweeper(OpenConnections connections, ServerContext context) : IDisposable
{
    private ITimer? _timer;

    /// <summary>Begins to sweep, four times an interval.</summary>
    public void Start() => _timer = context.Clock.CreateTimer(_ => Sweep(), state: null, Period, Period);

    /// <summary>The intervals are others.</summary>
    public void Adjust() => _timer?.Change(Period, Period);

    private bool MayStall => context.Limits.StallTimeout == TimeSpan.Zero;

    private TimeSpan Period => (MayStall || context.Limits.StallTimeout > context.Limits.PingInterval ? context.Limits.PingInterval : context.Limits.StallTimeout) / 4;

    public void Dispose() => _timer?.Dispose();

    private void Sweep()
    {
        foreach (var connection in connections.All.OfType<V2Connection>())
        {
            var stalled = connection.Channel.Stalled;
            if (stalled > TimeSpan.Zero)
            {
                if (!MayStall && stalled >= context.Limits.StallTimeout)
                {
                    ServerLog.Stalled(context.Log, connection.Number, stalled);
                    connection.Channel.Abort();
                }

                continue;
            }

            var silence = connection.Channel.Silence;
            if (silence < context.Limits.PingInterval)
            {
                continue;
            }

            if (silence >= context.Limits.PingInterval * 2)
            {
                ServerLog.Silent(context.Log, connection.Number, silence);
                connection.Channel.Abort();
                continue;
            }

            _ = PingAsync(connection);
        }
    }

    private static async Task PingAsync(V2Connection connection)
    {
        try
        {
            await connection.Channel.PingAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            connection.Channel.Abort();
        }
    }
}
