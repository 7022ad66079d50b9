using System.Collections.Concurrent;
using Overseer.Chaos.Workers;

namespace Overseer.Chaos;

/// <summary>All lives that were ever asked for, and all that came of them. Thread-safe.</summary>
internal sealed class LifeRegistry(ChaosPlaces places)
{
    private readonly ConcurrentDictionary<(string Token, int Number, int Attempt), Life> _all = [];

    internal IEnumerable<Life> All => _all.Values;

    /// <summary>The starts that were asked for.</summary>
    internal IEnumerable<Life> Roots => _all.Values.Where(life => life.Attempt == 0);

    /// <summary>Those that may have processes.</summary>
    internal IEnumerable<Life> Open
    {
        get
        {
            foreach (var root in Roots.Where(root => root.Plan.MayRunAgain && !root.IsSettled))
                Grow(root);
            return _all.Values.Where(life => !life.IsOver && life.Outcome != StartOutcome.Refused);
        }
    }

    internal Life Add(LifePlan plan)
    {
        var life = new Life(plan);
        return _all.TryAdd((plan.Token, plan.Life, 0), life) ? life : throw new InvalidOperationException($"{plan} was asked for twice");
    }

    /// <summary>A life, also a further one of a start that may have some.</summary>
    internal Life? Find(string token, int number, int attempt)
    {
        if (_all.TryGetValue((token, number, attempt), out var life) || attempt == 0)
            return life;
        return _all.TryGetValue((token, number, 0), out var root) && root.Plan.MayRunAgain
            ? _all.GetOrAdd((token, number, attempt), _ => new Life(root.Plan.Again(attempt), root))
            : null;
    }

    internal Life? FindByPid(string token, int pid) =>
        StartNote.ReadAll(places.Starts(token)).LastOrDefault(note => note.Pid == pid) is { } note ? Find(token, note.Life, note.Attempt) : null;

    /// <summary>How many processes have noted that they began, under the label of this life.</summary>
    internal int CountStarts(Life life) => StartNote.ReadAll(places.Starts(life.Token)).Count(note => note.Life == life.Number);

    /// <summary>All that have come of a start until now, the first one first.</summary>
    internal IReadOnlyList<Life> Series(Life root)
    {
        Grow(root);
        return [.. _all.Values.Where(life => life.Root == root).OrderBy(life => life.Attempt)];
    }

    /// <summary>Whether a process of that task may have ended before it could note that it began: it can be told to end at any time.</summary>
    internal bool MayEndUnnoted(string token) => Roots.Any(life => life.Token == token && life.Plan.MayRunAgain && life.MayBeStopped);

    internal ProgressPage? Progress(Life life) => ProgressPage.Read(places.Progress(life.Token, life.Plan.Label));

    private void Grow(Life root)
    {
        var attempt = 1;
        while (_all.ContainsKey((root.Token, root.Number, attempt)))
            attempt++;
        for (; root.Plan.MayRunAgain && File.Exists(places.Progress(root.Token, root.Plan.Again(attempt).Label)); attempt++)
            Find(root.Token, root.Number, attempt);
    }
}
