// Reads the stream of one task, from a subscription or from its journal, and compares every byte with what its workers print. What must hold:
//  - `seq` goes up by one from 1;
//  - the lines of each lane (stdout and stderr, of a run's process and of its daemon) are those that the plan says, in order, from the first;
//  - a lane ends unfinished only when its process was stopped;
//  - a process that comes of a retry policy or a queue comes after the one before it, and only if that one's end was not (policy) or was (queue) asked for;
//  - a run's `exited` comes once, after all lines of its process, with the right code, and before the first line of the next run;
//  - when it comes, at least as much was seen as the process says it has written.

using System.Text;
using Overseer.Chaos.Workers;
using Overseer.Recorder.Journal;

namespace Overseer.Chaos.Checks;

/// <summary>Not thread-safe. Every member throws <see cref="CheckException"/> when something is not as it must be.</summary>
internal sealed class TaskCheck(string token, LifeRegistry lives)
{
    private const int Shown = 200;
    private readonly Dictionary<int, LifeCheck> _byPid = [];
    private readonly Dictionary<(int Pid, OutputStream Stream), MemoryStream> _partial = [];
    private readonly List<LifeCheck> _lives = [];

    /// <summary>The next number.</summary>
    internal long NextSeq { get; private set; } = 1;

    internal long Bytes { get; private set; }

    internal IReadOnlyList<LifeCheck> Lives => _lives;

    internal LifeCheck? Find(Life life) => _lives.Find(each => each.Life == life);

    internal LifeCheck? FindByPid(int pid) => _byPid.GetValueOrDefault(pid);

    internal void OnLine(long seq, int pid, OutputStream stream, ReadOnlySpan<byte> data, bool partial)
    {
        if (seq != NextSeq)
            throw Wrong($"seq {seq} came where {NextSeq} was due: {Show(data)}");
        NextSeq++;
        if (partial)
        {
            if (!_partial.TryGetValue((pid, stream), out var begun))
                _partial[(pid, stream)] = begun = new MemoryStream();
            begun.Write(data);
            return;
        }
        if (_partial.Remove((pid, stream), out var before))
        {
            before.Write(data);
            data = before.GetBuffer().AsSpan(0, (int)before.Length);
        }
        Take(pid, stream, data);
    }

    /// <summary>A run has ended; the intention is null where it is not said.</summary>
    internal void OnExit(int pid, int code, string? signal, bool? intentional)
    {
        if (OfExit(pid, signal, intentional) is not { } check)
            return;
        var plan = check.Life.Plan;
        foreach (var stream in new[] { OutputStream.Stdout, OutputStream.Stderr })
        {
            if (_partial.Remove((pid, stream), out var begun))
                TakeCut(check, stream, begun.GetBuffer().AsSpan(0, (int)begun.Length));
        }
        var mayBeStopped = check.Life.MayBeStopped;
        var end = new RunEnd(code, signal, intentional ?? mayBeStopped);
        if (check.End is { } earlier)
            throw Wrong($"a second exit of {plan} with pid {pid}: {end}, and {earlier} before");
        var natural = end == plan.NaturalEnd && plan.Ending != Ending.Stop;
        var stopped = mayBeStopped && (end == plan.StoppedEnd || (check.Life.StopCutShort && end == LifePlan.KilledEnd));
        // A stop may come when it is just about to exit: that end is its own, and may count as wanted.
        var both = mayBeStopped && plan.Ending != Ending.Stop && end == plan.NaturalEnd with { Intentional = true };
        if (!natural && !stopped && !both)
            throw Wrong($"{plan} (pid {pid}) has ended as {end}, expected {(mayBeStopped ? plan.StoppedEnd : plan.NaturalEnd)}");
        check.End = end;
        check.Intentional = intentional;
        CheckComplete(check, isNatural: natural || both);
    }

    private void CheckComplete(LifeCheck check, bool isNatural)
    {
        var plan = check.Life.Plan;
        var (output, error) = (check.Lanes[0].Lines, check.Lanes[1].Lines);
        if (isNatural && (output, error) != plan.Lines)
            throw Wrong($"{plan} has exited, and {output}+{error} lines were seen before");
        var written = lives.Progress(check.Life)?.Bytes ?? new long[WorkerLines.Lanes];
        for (var lane = 0; lane < 2; lane++)
        {
            if (check.Lanes[lane].Bytes < written[lane])
                throw Wrong($"{plan} has exited, and {check.Lanes[lane].Bytes} bytes of its std{"oe"[lane]} were seen of {written[lane]} that it wrote");
        }
    }

    private void Take(int pid, OutputStream stream, ReadOnlySpan<byte> line)
    {
        if (!WorkerLines.TryParseHead(line, out var number, out var attempt, out var voice, out var count) || lives.Find(token, number, attempt) is not { } life)
        {
            TakeCut(OfPid(pid, line), stream, line);
            return;
        }
        var check = _byPid.GetValueOrDefault(pid);
        if (check?.Life != life)
            check = Begin(life, pid);
        var lane = check.Lanes[voice * 2 + Index(stream)];
        if (count != lane.Lines + 1 || lane.IsCut || !line.SequenceEqual(WorkerLines.Make(life.Plan, voice * 2 + Index(stream), count)))
        {
            TakeCut(check, stream, line);
            return;
        }
        if (voice == 0 && check.End is not null)
            throw Wrong($"{life.Plan} has exited, and then said {Show(line)}");
        lane.Lines++;
        lane.Bytes += line.Length + 1;
        Bytes += line.Length + 1;
    }

    // What is not the next line may be its beginning, when the process was killed while it wrote.
    private void TakeCut(LifeCheck check, OutputStream stream, ReadOnlySpan<byte> line)
    {
        var index = Index(stream);
        var lane = check.Lanes[index];
        var expected = WorkerLines.Make(check.Life.Plan, index, lane.Lines + 1);
        if (!check.Life.MayBeStopped || lane.IsCut || check.End is not null || check.Life.Plan.DaemonLines > 0 || !expected.AsSpan().StartsWith(line))
        {
            throw Wrong($"std{"oe"[index]} of {check.Life.Plan} (pid {check.Pid}), {lane.Lines} lines seen{(lane.IsCut ? " and one cut off" : "")}{(check.End is null ? "" : ", exited")}, "
                + $"stop {(check.Life.MayBeStopped ? "" : "not ")}requested: expected {Show(expected)}, got {Show(line)}");
        }
        lane.IsCut = true;
        lane.Bytes += line.Length;
        Bytes += line.Length;
    }

    private LifeCheck Begin(Life life, int pid)
    {
        if (_lives.Find(each => each.Life == life) is { } earlier)
            throw Wrong($"{life.Plan} with pid {pid}, and with pid {earlier.Pid} before");
        if (_lives.Find(each => each.End is null) is { } open)
            throw Wrong($"{life.Plan} has begun, and {open.Life.Plan} has not exited");
        if (life.Attempt > 0)
            CheckSuccession(life);
        var check = new LifeCheck(life, pid);
        _byPid[pid] = check;
        _lives.Add(check);
        return check;
    }

    private LifeCheck OfPid(int pid, ReadOnlySpan<byte> line) => _byPid.TryGetValue(pid, out var check)
        ? check
        : lives.FindByPid(token, pid) is { } life ? Begin(life, pid) : throw Wrong($"nobody has pid {pid}, which says {Show(line)}");

    private void CheckSuccession(Life life)
    {
        if (lives.Find(token, life.Number, life.Attempt - 1) is not { } former || Find(former) is not { } before)
            throw Wrong($"{life.Plan} has begun, and nothing was heard of the process before it");
        if (before.Intentional == (life.Plan.Retries is not null))
            throw Wrong($"{life.Plan} has begun, though the end of the process before it was {(before.Intentional == true ? "asked for" : "its own")}: {before.End}");
    }

    // Null: it was told to end before it could say who it is.
    private LifeCheck? OfExit(int pid, string? signal, bool? intentional)
    {
        if (_byPid.TryGetValue(pid, out var check) && check.End is null)
            return check;
        if (lives.FindByPid(token, pid) is { } life && life != check?.Life)
            return Begin(life, pid);
        if (check is null && intentional != false && signal is "SIGTERM" or "SIGKILL" && lives.MayEndUnnoted(token))
            return null;
        return check ?? throw Wrong($"pid {pid} has exited, which never was a worker of this task");
    }

    private CheckException Wrong(string what) => new($"task {token}, before seq {NextSeq}: {what}");

    private static int Index(OutputStream stream) => stream == OutputStream.Stdout ? 0 : 1;

    private static string Show(ReadOnlySpan<byte> line) =>
        $"{line.Length} bytes \"{Encoding.ASCII.GetString(line.Length > Shown ? line[..Shown] : line)}{(line.Length > Shown ? "…" : "")}\"";
}
