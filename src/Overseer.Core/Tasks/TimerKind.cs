namespace Overseer.Core.Tasks;

/// <summary>What a timer of the engine is for.</summary>
internal enum TimerKind
{
    /// <summary>End of a stopped run's grace time: whatever is left of its tree gets SIGKILL.</summary>
    Grace,
}
