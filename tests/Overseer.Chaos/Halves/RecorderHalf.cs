namespace Overseer.Chaos.Halves;

/// <summary>The recorder, which the server starts: found by its command line.</summary>
internal sealed class RecorderHalf(ChaosPlaces places, KillHistory history)
{
    private readonly string _mark = $"--journals {places.Journals}";
    private int _pid;

    /// <summary>Pid; 0 while there is none.</summary>
    internal int Pid
    {
        get
        {
            if (_pid != 0 && Is(_pid))
                return _pid;
            return _pid = ProcessTable.Pids().FirstOrDefault(Is);
        }
    }

    /// <summary>All that live: one that was killed, or could not get the lock, may be there beside another.</summary>
    internal IReadOnlyList<int> All => [.. ProcessTable.Pids().Where(Is)];

    /// <summary>Kills it, and waits until it is dead. False: there was none.</summary>
    internal async Task<bool> KillAsync()
    {
        var pid = Pid;
        if (pid == 0)
            return false;
        history.RecorderKilled(pid);
        _ = Interop.Kill(pid, Interop.SigKill);
        while (Is(pid))
            await Task.Delay(1);
        return true;
    }

    private bool Is(int pid) => ProcessTable.CommandLine(pid).Contains(_mark, StringComparison.Ordinal);
}
