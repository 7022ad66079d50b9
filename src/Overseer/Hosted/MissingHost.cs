using Overseer.Core.Drivers;
using Overseer.Core.Tasks;

namespace Overseer.Hosted;

/// <summary>Stands for a host that this server does not have, since the program was built with other drivers: its runs are over, and nobody knows how they ended.</summary>
internal sealed class MissingHost(string name, TimeProvider clock) : IRunHost
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public void Begin(IHostedRun run, HostedPlan plan) => run.Failed($"this server has nothing that carries out runs of \"{name}\"");

    /// <inheritdoc/>
    public void Resume(IHostedRun run) => run.Exited(exitCode: -1, signal: 0, clock.GetUtcNow());

    /// <inheritdoc/>
    public void Signal(RunId run, int signal)
    {
    }

    /// <inheritdoc/>
    public void Settled(RunId run)
    {
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
