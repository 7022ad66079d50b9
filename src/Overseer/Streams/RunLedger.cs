namespace Overseer.Streams;

/// <summary>The facts of a task's latest runs, shared by all who read its journal. Thread-safe and bounded: the oldest run is forgotten first.</summary>
internal sealed class RunLedger
{
    /// <summary>How many runs are remembered; the exits of older ones are shown as unintentional.</summary>
    public const int Capacity = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, RunFacts> _facts = [];
    private readonly Queue<Guid> _order = new();

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

            _facts[run] = change(facts);
        }
    }
}
