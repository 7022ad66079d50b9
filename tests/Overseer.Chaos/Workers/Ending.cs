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
    /// It exits and is started again by its retry policy. Not drawn: this version refuses a start with a policy ("tasks are not restarted"). What the suite has to
    /// know of it then: further lives under the label of the one that was asked for, each with a `started` event, and `restarting` and `errored` in between.
    /// </summary>
    RestartByPolicy,
}
