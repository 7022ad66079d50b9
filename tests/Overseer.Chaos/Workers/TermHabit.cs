namespace Overseer.Chaos.Workers;

/// <summary>What a worker does about SIGTERM.</summary>
internal enum TermHabit
{
    /// <summary>It dies of it.</summary>
    Default,

    /// <summary>Nothing: it takes a SIGKILL.</summary>
    Ignore,

    /// <summary>It exits with a code.</summary>
    Catch,
}
