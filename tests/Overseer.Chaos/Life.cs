using Overseer.Chaos.Clients;
using Overseer.Chaos.Workers;

namespace Overseer.Chaos;

/// <summary>
/// One start that was asked for, or a further process that came of it, and what became of it. Written by the slot it belongs to, read by everybody.
/// </summary>
/// <param name="root">The start that was asked for; <see langword="null"/>: this is one.</param>
internal sealed class Life(LifePlan plan, Life? root = null)
{
    private readonly Lock _gate = new();
    private readonly List<int> _resets = [];
    private volatile bool _stopped;
    private volatile bool _cutShort;
    private volatile bool _over;
    private volatile bool _settled;
    private volatile bool _errored;
    private volatile StartOutcome _outcome;

    internal LifePlan Plan => plan;

    internal string Token => plan.Token;

    internal int Number => plan.Life;

    internal int Attempt => plan.Attempt;

    /// <summary>The start that was asked for.</summary>
    internal Life Root => root ?? this;

    /// <summary>What the client that started it sees.</summary>
    internal Watch? Watch { get => root is null ? field : root.Watch; set; }

    /// <summary>What is known of the request.</summary>
    internal StartOutcome Outcome { get => Root._outcome; set => _outcome = value; }

    /// <summary>Whether a stop was asked for.</summary>
    internal bool StopRequested { get => Root._stopped; set => Root._stopped = value; }

    /// <summary>Whether it may be told to end: by a client, or to make room.</summary>
    internal bool MayBeStopped => StopRequested || plan.Pool > 0;

    /// <summary>Whether its daemon may have printed when neither half was there any more: what it said last is lost then, which is a documented limit.</summary>
    internal bool DaemonMayOutliveBoth { get; set; }

    /// <summary>Whether the server was killed between the request for a stop and the exit. Then the stop signal may never have been sent: the next server does not repeat it, and SIGKILL comes in time.</summary>
    internal bool StopCutShort { get => Root._cutShort; set => Root._cutShort = value; }

    /// <summary>Whether the client that started it was told of its exit.</summary>
    internal bool ExitSeen => Watch?.EndOf(this) is not null;

    /// <summary>Whether its processes are gone, and everything of it was seen by the client that started it.</summary>
    internal bool IsOver { get => _over; set => _over = value; }

    /// <summary>Whether no further process can come of the start that was asked for.</summary>
    internal bool IsSettled { get => Root._settled; set => Root._settled = value; }

    /// <summary>Whether its client saw that it was given up.</summary>
    internal bool WasGivenUp { get => Root._errored; set => Root._errored = value; }

    /// <summary>How many processes there had been each time when it was reset.</summary>
    internal IReadOnlyList<int> Resets
    {
        get
        {
            lock (Root._gate)
                return [.. Root._resets];
        }
    }

    internal void NoteReset(int processes)
    {
        lock (Root._gate)
            Root._resets.Add(processes);
    }
}
