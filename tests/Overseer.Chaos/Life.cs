using Overseer.Chaos.Clients;
using Overseer.Chaos.Workers;

namespace Overseer.Chaos;

/// <summary>One start that was asked for, and what became of it. Written by the slot it belongs to, read by everybody.</summary>
internal sealed class Life(LifePlan plan)
{
    private volatile bool _stopped;
    private volatile bool _cutShort;
    private volatile bool _over;
    private volatile StartOutcome _outcome;

    internal LifePlan Plan => plan;

    internal string Token => plan.Token;

    internal int Number => plan.Life;

    /// <summary>What the client that started it sees.</summary>
    internal Watch? Watch { get; set; }

    /// <summary>What is known of the request.</summary>
    internal StartOutcome Outcome { get => _outcome; set => _outcome = value; }

    /// <summary>Whether a stop was asked for.</summary>
    internal bool StopRequested { get => _stopped; set => _stopped = value; }

    /// <summary>Whether the server was killed between the request for a stop and the exit. Then the stop signal may never have been sent: the next server does not repeat it, and SIGKILL comes in time.</summary>
    internal bool StopCutShort { get => _cutShort; set => _cutShort = value; }

    /// <summary>Whether the client that started it was told of its exit.</summary>
    internal bool ExitSeen => Watch?.EndOf(this) is not null;

    /// <summary>Whether its processes are gone, and everything of it was seen by the client that started it.</summary>
    internal bool IsOver { get => _over; set => _over = value; }
}
