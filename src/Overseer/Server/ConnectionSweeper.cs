namespace Overseer.Server;

/// <summary>
/// Pings silent connections and drops dead ones. A connection that is in the middle of a write has longer: its peer may read slowly, or not at
/// all for a while, which costs nobody else anything.
/// </summary>
internal sealed class ConnectionSweeper(OpenConnections connections, ServerContext context) : IDisposable
{
    private ITimer? _timer;

    /// <summary>Begins to sweep, four times an interval.</summary>
    public void Start()
    {
        var period = Period();
        _timer = context.Clock.CreateTimer(_ => Sweep(), state: null, period, period);
    }

    /// <summary>The interval is another.</summary>
    public void Adjust() => _timer?.Change(Period(), Period());

    public void Dispose() => _timer?.Dispose();

    private static bool MayStall(ServerLimits limits) => limits.StallTimeout == TimeSpan.Zero;

    private TimeSpan Period()
    {
        var limits = context.Limits;
        return TimeSpan.FromTicks(MayStall(limits) ? limits.PingInterval.Ticks : Math.Min(limits.PingInterval.Ticks, limits.StallTimeout.Ticks)) / 4;
    }

    private void Sweep()
    {
        foreach (var connection in connections.All)
        {
            var stalled = connection.Channel.Stalled;
            if (stalled > TimeSpan.Zero)
            {
                if (!MayStall(context.Limits) && stalled >= context.Limits.StallTimeout)
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
