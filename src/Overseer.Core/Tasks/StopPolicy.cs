namespace Overseer.Core.Tasks;

/// <summary>How a run is stopped: which signal its process tree gets first, and how long it has until SIGKILL.</summary>
/// <param name="Signal">Signal number; SIGTERM (15) by default.</param>
/// <param name="Grace">Time between that signal and SIGKILL to whatever is left. Zero: SIGKILL at once.</param>
public sealed record StopPolicy(int Signal, TimeSpan Grace)
{
    /// <summary>The longest grace time that is accepted: 30 days.</summary>
    public static readonly TimeSpan MaxGrace = TimeSpan.FromDays(30);

    /// <summary>SIGTERM, then SIGKILL after 5 seconds.</summary>
    public static StopPolicy Default { get; } = new(PosixSignalName.Sigterm, TimeSpan.FromSeconds(5));

    /// <summary>This policy with a grace time between zero and <see cref="MaxGrace"/>.</summary>
    internal StopPolicy Bounded() => Grace < TimeSpan.Zero ? this with { Grace = TimeSpan.Zero } : Grace > MaxGrace ? this with { Grace = MaxGrace } : this;
}
