namespace Overseer.Chaos.Workers;

/// <summary>How a life ends.</summary>
internal enum Ending
{
    /// <summary>It prints everything and exits.</summary>
    Exit,

    /// <summary>It prints everything and ends by a signal that it sends itself.</summary>
    Signal,

    /// <summary>A client stops it.</summary>
    Stop,

    /// <summary>
    /// It ends as under <see cref="Exit"/> or <see cref="Signal"/> and is started again by its retry policy, until it is given up or stopped. Each further process is a life of its own, under
    /// the label of the one that was asked for.
    /// </summary>
    RestartByPolicy,
}
