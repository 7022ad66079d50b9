using System.Diagnostics;

namespace Overseer.Chaos;

/// <summary>What went wrong. The first ends the run; those that follow from it are kept too, up to a bound. Thread-safe.</summary>
internal sealed class Faults : IDisposable
{
    private const int Kept = 20;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _all = [];
    private readonly long _begin = Stopwatch.GetTimestamp();
    private readonly Lock _gate = new();

    /// <summary>Cancelled with the first.</summary>
    internal CancellationToken Stop => _stop.Token;

    internal IReadOnlyList<string> All
    {
        get
        {
            lock (_gate)
                return [.. _all];
        }
    }

    internal void Add(string what)
    {
        lock (_gate)
        {
            if (_all.Count < Kept)
                _all.Add($"[{Stopwatch.GetElapsedTime(_begin).TotalSeconds:0.000} s] {what}");
        }
        _stop.Cancel();
    }

    public void Dispose() => _stop.Dispose();
}
