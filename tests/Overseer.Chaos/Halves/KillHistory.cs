using System.Diagnostics;

namespace Overseer.Chaos.Halves;

/// <summary>What was done to whom, and when; counts all, remembers the latest. Thread-safe.</summary>
internal sealed class KillHistory
{
    private const int Remembered = 60;
    private readonly Queue<string> _latest = new();
    private readonly long _begin = Stopwatch.GetTimestamp();
    private readonly Lock _gate = new();

    internal int OfServer { get; private set; }

    internal int OfRecorder { get; private set; }

    /// <summary>Rounds in which both were dead at once.</summary>
    internal int OfBoth { get; private set; }

    internal int All => OfServer + OfRecorder;

    internal IReadOnlyList<string> Latest
    {
        get
        {
            lock (_gate)
                return [.. _latest];
        }
    }

    internal void ServerKilled(int pid)
    {
        lock (_gate)
        {
            OfServer++;
            Note_NeedsLock($"kill -9 server {pid}");
        }
    }

    internal void RecorderKilled(int pid)
    {
        lock (_gate)
        {
            OfRecorder++;
            Note_NeedsLock($"kill -9 recorder {pid}");
        }
    }

    internal void BothBegun()
    {
        lock (_gate)
        {
            OfBoth++;
            Note_NeedsLock("nobody may exit: both are killed now");
        }
    }

    internal void Note(string what)
    {
        lock (_gate)
            Note_NeedsLock(what);
    }

    private void Note_NeedsLock(string what)
    {
        _latest.Enqueue($"{Stopwatch.GetElapsedTime(_begin).TotalSeconds,9:0.000} s  {what}");
        if (_latest.Count > Remembered)
            _latest.Dequeue();
    }
}
