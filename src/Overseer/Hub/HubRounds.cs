using Overseer.Server;
using Overseer.Server.Trust;

namespace Overseer.Hub;

/// <summary>Goes round: heartbeats, connections that show no sign of life or bring no token, containers that are silent for too long.</summary>
internal sealed class HubRounds(OpenConnections connections, ServerContext context) : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(20);
    private ITimer? _timer;
    private int _going;

    /// <summary>Begins.</summary>
    public void Start() => _timer = context.Clock.CreateTimer(_ => Go(), state: null, Period, Period);

    /// <summary>The intervals are others.</summary>
    public void Adjust() => _timer?.Change(Period, Period);

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private HubRules? Rules => context.Access.Rules.Hub;

    private TimeSpan Period
    {
        get
        {
            var options = Rules?.Options ?? new Configuration.HubOptions();
            var wanted = (options.HeartbeatInterval < options.SessionTimeout ? options.HeartbeatInterval : options.SessionTimeout) / 8;
            return wanted > Longest ? Longest : wanted < Shortest ? Shortest : wanted;
        }
    }

    private void Go()
    {
        if (Interlocked.Exchange(ref _going, 1) != 0)
        {
            return;
        }

        try
        {
            var interval = (Rules?.Options ?? new Configuration.HubOptions()).HeartbeatInterval;
            foreach (var connection in connections.All)
            {
                (connection as HubConnection)?.Look(interval);
            }

            context.Sessions.Look();
        }
        finally
        {
            Volatile.Write(ref _going, 0);
        }
    }
}
