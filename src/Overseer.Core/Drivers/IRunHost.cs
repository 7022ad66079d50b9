using Overseer.Core.Tasks;

namespace Overseer.Core.Drivers;

/// <summary>
/// Carries out runs that are no processes of the recorder's. One for all actions of a driver and for the life of a server. Its methods are called on the engine's only
/// thread: they hand the work on and return at once. What happens is reported through <see cref="IHostedRun"/>, from any thread. Disposing of it ends its work and
/// leaves what it runs alone: the next server goes on.
/// </summary>
public interface IRunHost : IAsyncDisposable
{
    /// <summary>The name it is stored by: lower case, unique.</summary>
    string Name { get; }

    /// <summary>
    /// Begins a run: <see cref="IHostedRun.Started"/> or <see cref="IHostedRun.Failed"/> follows. When a server died in the middle of that, the next one calls it again with
    /// the same <see cref="IHostedRun.RunId"/>: what was started then is found and goes on, and nothing is started twice.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="plan">What the action planned.</param>
    void Begin(IHostedRun run, HostedPlan plan);

    /// <summary>A run that was started by an earlier server: its output goes on behind <see cref="IHostedRun.Last"/>, or its end is reported.</summary>
    /// <param name="run">The run.</param>
    void Resume(IHostedRun run);

    /// <summary>
    /// Every run that an earlier server had under way was resumed, but for <paramref name="pending"/>, which are begun again: whatever else is found of earlier servers' runs is over and stored, and
    /// may go. Comes once, after the last <see cref="Resume"/>.
    /// </summary>
    /// <param name="pending">The runs that are still to be begun again.</param>
    void Recovered(IReadOnlySet<RunId> pending)
    {
    }

    /// <summary>Somebody wants the run to end: the signal that its plan names, and SIGKILL when the grace time is over. May come before <see cref="Begin"/> has led to anything.</summary>
    /// <param name="run">The run.</param>
    /// <param name="signal">Number of the signal.</param>
    void Signal(RunId run, int signal);

    /// <summary>The end of a run is stored: whatever was kept in order to tell it again may go. Not called for a run whose server died before it could; see <see cref="Recovered"/>.</summary>
    /// <param name="run">The run.</param>
    void Settled(RunId run);
}
