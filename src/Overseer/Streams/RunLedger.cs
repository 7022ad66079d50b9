namespace Overseer.Streams;

/// <summary>
/// The facts of a task's latest runs, shared by all who read its journal. Thread-safe and bounded: the oldest run is forgotten first, and the messages that belong to
/// a run before that. A task may restart a hundred times a second, and there may be a thousand of them.
/// </summary>
internal sealed class RunLedger
{
    /// <summary>How many runs are remembered; the exits of older ones are shown as unintentional.</summary>
    public const int Capacity = 256;

    /// <summary>Of how many runs the messages are kept that belong to their start and exit: readers of older history do without.</summary>
    public const int WithMessages = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, RunFacts> _facts = [];
    private readonly Queue<Guid> _order = new();
    private readonly Queue<Guid> _speaking = new();

    /// <summary>The facts of a run; <see cref="RunFacts.Forgotten"/> when it is not remembered.</summary>
    public RunFacts this[Guid run]
    {
        get
        {
            lock (_gate)
            {
                return _facts.GetValueOrDefault(run, RunFacts.Forgotten);
            }
        }
    }

    /// <summary>Told when readers are shown that what came next for them has been deleted.</summary>
    public Action? Rotated { get; init; }

    /// <summary>Readers were shown a gap.</summary>
    public void Shown(Recorder.Journal.GapReason reason)
    {
        if (reason == Recorder.Journal.GapReason.Rotated)
        {
            Rotated?.Invoke();
        }
    }

    /// <summary>Adds a run that is about to be started.</summary>
    public void Expect(Guid run) => Change(run, facts => facts);

    /// <summary>Changes what is known of a run.</summary>
    public void Change(Guid run, Func<RunFacts, RunFacts> change)
    {
        lock (_gate)
        {
            if (!_facts.TryGetValue(run, out var facts))
            {
                facts = RunFacts.Pending;
                _order.Enqueue(run);
                if (_order.Count > Capacity)
                {
                    _facts.Remove(_order.Dequeue());
                }
            }

            var spoke = facts.HasMessages;
            _facts[run] = facts = change(facts);
            if (facts.HasMessages && !spoke)
            {
                _speaking.Enqueue(run);
                if (_speaking.Count > WithMessages)
                {
                    Silence_NeedsLock(_speaking.Dequeue());
                }
            }
        }
    }

    private void Silence_NeedsLock(Guid run)
    {
        if (_facts.TryGetValue(run, out var facts))
        {
            _facts[run] = facts with { OnStart = null, AfterExit = [] };
        }
    }
}
