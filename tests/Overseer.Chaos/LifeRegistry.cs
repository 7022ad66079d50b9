using System.Collections.Concurrent;
using Overseer.Chaos.Workers;

namespace Overseer.Chaos;

/// <summary>All lives that were ever asked for. Thread-safe.</summary>
internal sealed class LifeRegistry(ChaosPlaces places)
{
    private readonly ConcurrentDictionary<(string Token, int Number), Life> _all = [];

    internal IEnumerable<Life> All => _all.Values;

    /// <summary>Those that may have processes.</summary>
    internal IEnumerable<Life> Open => _all.Values.Where(life => !life.IsOver && life.Outcome != StartOutcome.Refused);

    internal Life Add(LifePlan plan)
    {
        var life = new Life(plan);
        return _all.TryAdd((plan.Token, plan.Life), life) ? life : throw new InvalidOperationException($"{plan} was asked for twice");
    }

    internal Life? Find(string token, int number) => _all.GetValueOrDefault((token, number));

    internal Life? FindByPid(string token, int pid) =>
        StartNote.ReadAll(places.Starts(token)).LastOrDefault(note => note.Pid == pid) is { } note ? Find(token, note.Life) : null;

    internal ProgressPage? Progress(Life life) => ProgressPage.Read(places.Progress(life.Token, life.Number));
}
