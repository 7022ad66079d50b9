using Overseer.Protocols.V2;

namespace Overseer.Streams;

/// <summary>
/// What the engine has said about one run and the journal cannot know. A stream does not pass the run's start or exit in the journal
/// before the engine has confirmed it: so `list` shows a task as stopped before its `exited` is on the wire, and an answer
/// `started` comes before the run's first line.
/// </summary>
/// <param name="StartConfirmed">The engine has taken the start in.</param>
/// <param name="OnStart">What subscribers get at the start (an automatic restart), or nothing.</param>
/// <param name="ExitConfirmed">The engine has taken the exit in.</param>
/// <param name="Intentional">Whether the exit was asked for.</param>
/// <param name="AfterExit">What subscribers get right after `exited` (restarting, errored).</param>
internal sealed record RunFacts(
    bool StartConfirmed,
    ServerMessage? OnStart,
    bool ExitConfirmed,
    bool Intentional,
    IReadOnlyList<ServerMessage> AfterExit)
{
    /// <summary>Whether there is something to be said beside what the journal knows.</summary>
    public bool HasMessages => OnStart is not null || AfterExit.Count > 0;

    /// <summary>A run that was asked for and of which nothing has been heard.</summary>
    public static RunFacts Pending { get; } = new(StartConfirmed: false, OnStart: null, ExitConfirmed: false, Intentional: false, []);

    /// <summary>A run of which nothing is known any more: let its events pass.</summary>
    public static RunFacts Forgotten { get; } = Pending with { StartConfirmed = true, ExitConfirmed = true };
}
