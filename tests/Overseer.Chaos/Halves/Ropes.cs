using Overseer.Chaos.Workers;

namespace Overseer.Chaos.Halves;

/// <summary>
/// Whether a half has everything it needs so that the other may die: the pipes of all processes that live, looked up among its descriptors. (Of those that have ended,
/// everything must have been seen; whoever starts them says so.)
/// </summary>
internal sealed class Ropes(LifeRegistry lives)
{
    /// <summary>Why a half must not be left alone yet; null when it may.</summary>
    internal string? MissingIn(int half)
    {
        if (half == 0)
            return "it does not run";
        var held = ProcessTable.Descriptors(half);
        foreach (var life in lives.Open)
        {
            if (lives.Progress(life) is not { } progress)
                continue;
            if (Missing(life, progress.MainPid, held) is { } main)
                return $"it does not hold {main} of {life.Plan}, pid {progress.MainPid}";
            if (progress.DaemonPid != 0 && Missing(life, progress.DaemonPid, held) is { } daemon)
                return $"it does not hold {daemon} of the daemon of {life.Plan}, pid {progress.DaemonPid}";
        }
        return null;
    }

    /// <summary>A run whose process has ended, and whose daemon lives.</summary>
    internal Life? Trailing() =>
        lives.Open.FirstOrDefault(life => lives.Progress(life) is { DaemonPid: not 0 } page && (page.MainEnded || !IsAlive(life, page.MainPid)) && IsAlive(life, page.DaemonPid));

    /// <summary>What has ended and was not seen to its end; null when there is no such thing.</summary>
    internal string? Unseen()
    {
        foreach (var life in lives.Open)
        {
            if (lives.Progress(life) is { } progress && (!IsAlive(life, progress.MainPid) || progress.MainEnded))
            {
                if (IsComplete(life))
                {
                    life.IsOver = true;
                    continue;
                }
                if (progress.DaemonPid == 0 || !IsAlive(life, progress.DaemonPid) || progress.DaemonEnded)
                    return $"the end of {life.Plan} was not seen; {Facts(life)}";
                if (!life.ExitSeen)
                    return $"the exit of {life.Plan} was not seen; {Facts(life)}";
            }
        }
        return null;
    }

    /// <summary>Whether its processes are gone, and the client that started it has seen its exit and all they wrote.</summary>
    internal bool IsComplete(Life life)
    {
        if (!life.ExitSeen || lives.Progress(life) is not { } page || IsAlive(life, page.MainPid) || IsAlive(life, page.DaemonPid))
            return false;
        return page.Bytes.Zip(life.Watch!.BytesOf(life)).All(pair => pair.First <= pair.Second);
    }

    /// <summary>How it stands, for the report of a failure.</summary>
    internal string Facts(Life life)
    {
        var facts = lives.Progress(life) is { } page
            ? $"pid {page.MainPid}{(IsAlive(life, page.MainPid) ? " lives" : "")}, daemon {page.DaemonPid}{(IsAlive(life, page.DaemonPid) ? " lives" : "")}, wrote {string.Join(", ", page.Bytes)}"
            : "it never began";
        return $"start {life.Outcome}, {facts}, its client saw {string.Join(", ", life.Watch!.BytesOf(life))} and the end {life.Watch.EndOf(life)}, waits for seq {life.Watch.NextSeq}";
    }

    /// <summary>Whether this process is one of that life, and no zombie.</summary>
    internal static bool IsAlive(Life life, int pid) => pid != 0 && ProcessTable.CommandLine(pid).Contains($" {life.Token} {life.Number} ", StringComparison.Ordinal);

    private static string? Missing(Life life, int pid, HashSet<string> held)
    {
        for (var descriptor = 1; descriptor <= 2; descriptor++)
        {
            if (ProcessTable.Descriptor(pid, descriptor) is { } pipe && !held.Contains(pipe) && IsAlive(life, pid))
                return descriptor == 1 ? "standard output" : "standard error";
        }
        return null;
    }
}
