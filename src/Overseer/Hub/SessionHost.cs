using Overseer.Core.Drivers;
using Overseer.Core.Tasks;

namespace Overseer.Hub;

/// <summary>Carries out the runs that are sessions: what they say comes from the hub's connections.</summary>
internal sealed class SessionHost(SessionDirectory sessions) : IRunHost
{
    /// <summary>Its name in the store.</summary>
    public const string HostName = "session";

    /// <inheritdoc/>
    public string Name => HostName;

    /// <inheritdoc/>
    public void Begin(IHostedRun run, HostedPlan plan) => sessions.Begin(run);

    /// <inheritdoc/>
    public void Resume(IHostedRun run) => sessions.Resume(run);

    /// <inheritdoc/>
    public void Signal(RunId run, int signal) => sessions.Signal(run, signal);

    /// <inheritdoc/>
    public void Settled(RunId run) => sessions.Settled(run);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        sessions.Dispose();
        return ValueTask.CompletedTask;
    }
}
