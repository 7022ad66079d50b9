using System.Globalization;
using Overseer.Chaos.Halves;
using Overseer.Chaos.Workers;
using Overseer.Recorder.Journal;

namespace Overseer.Chaos.Checks;

/// <summary>Reads all journals from their files, after everything has ended, and compares them with what the workers printed and noted.</summary>
/// <param name="restartCounts">What the last list says of each task; empty when there was none.</param>
internal sealed class JournalAudit(ChaosPlaces places, LifeRegistry lives, IReadOnlyDictionary<string, int> restartCounts, Faults faults)
{
    private readonly HashSet<string> _tokens = [];

    internal long Lines { get; private set; }

    internal long Bytes { get; private set; }

    internal int Starts { get; private set; }

    internal int Exits { get; private set; }

    /// <summary>Starts that nobody asked for: by a policy.</summary>
    internal int Restarts { get; private set; }

    /// <summary>Starts that were asked for again, by a reset.</summary>
    internal int Resets { get; private set; }

    /// <summary>Starts of tasks that had to make room.</summary>
    internal int Returns { get; private set; }

    internal int Tasks => _tokens.Count;

    internal void Run()
    {
        foreach (var directory in Directory.EnumerateDirectories(places.Journals))
        {
            try
            {
                Read(directory);
            }
            catch (Exception e) when (e is CheckException or JournalException)
            {
                faults.Add($"journal {directory}: {e.Message}");
            }
        }
        foreach (var life in lives.All)
            CheckStarts(life);
    }

    /// <summary>What the journals have of these lives, for the report of a failure.</summary>
    internal IEnumerable<string> Describe(IReadOnlyCollection<Life> some, Ropes ropes)
    {
        foreach (var directory in Directory.EnumerateDirectories(places.Journals))
        {
            if (Directory.EnumerateFiles(directory).All(file => new FileInfo(file).Length == 0) || FindToken(directory) is not { } token || !some.Any(life => life.Token == token))
                continue;
            var check = new TaskCheck(token, lives);
            var problem = "";
            try
            {
                ReadEntries(directory, token, check);
            }
            catch (Exception e) when (e is CheckException or JournalException)
            {
                problem = $"; {e.Message}";
            }
            foreach (var life in some.Where(life => life.Token == token))
            {
                yield return $"{life.Plan}: {ropes.Facts(life)}; its journal {directory} has {check.NextSeq - 1} lines, "
                    + (check.Find(life) is { } seen ? $"of this life {string.Join(", ", seen.Lanes.Select(lane => lane.Bytes))} bytes, exit {seen.End}" : "none of this life") + problem;
            }
        }
    }

    private void Read(string directory)
    {
        if (Directory.EnumerateFiles(directory).All(file => new FileInfo(file).Length == 0))
            return;
        if (FindToken(directory) is not { } token)
            return;
        if (!_tokens.Add(token))
            throw new CheckException($"task {token} has another journal");
        var notes = StartNote.ReadAll(places.Starts(token));
        var check = new TaskCheck(token, lives);
        var runs = ReadEntries(directory, token, check);
        Lines += check.NextSeq - 1;
        Bytes += check.Bytes;
        Starts += runs.Count;
        Exits += runs.Count(run => run.ExitedAt is not null);
        CheckNotes(token, notes, runs);
        if (runs.Find(run => run.ExitedAt is null) is { } open)
            faults.Add($"task {token}: of the starts {Show(runs.Select(run => run.Run))} {open.Run:N} has no exit");
        CheckSeries(token, notes, runs);
        foreach (var seen in check.Lives)
            CheckBytes(seen);
    }

    private static List<RunSpan> ReadEntries(string directory, string token, TaskCheck check)
    {
        var runs = new List<RunSpan>();
        var end = JournalDirectory.FindEnd(directory);
        using var reader = JournalReader.Open(directory);
        while (reader.TryRead(end, out var entry))
        {
            var run = entry.RunId;
            switch (entry.Kind)
            {
                case EntryKind.Line:
                    check.OnLine(entry.Line, entry.Pid, entry.Stream, entry.Data, entry.Partial);
                    break;
                case EntryKind.Started:
                    if (runs.Exists(each => each.Run == run))
                        throw new CheckException($"task {token}: run {run:N} has started twice");
                    runs.Add(new RunSpan(run, RunSpan.Time(entry.TimeNs)));
                    break;
                case EntryKind.Exited:
                    if (runs.Find(each => each.Run == run) is not { ExitedAt: null } begun)
                        throw new CheckException($"task {token}: run {run:N} has exited twice, or never started");
                    var exit = entry.Exit!;
                    begun.ExitedAt = RunSpan.Time(entry.TimeNs);
                    begun.Signal = exit.Signal;
                    check.OnExit(exit.Pid, exit.ExitCode, NameOf(exit.Signal), intentional: null);
                    break;
                default:
                    throw new CheckException($"task {token}: a gap before line {entry.Line}, {entry.GapReason}, {entry.GapBytes} bytes, run {entry.Run}, pid {entry.Pid}");
            }
        }
        return runs;
    }

    // What was told to end as soon as it began may not have noted that it did.
    private void CheckNotes(string token, IReadOnlyList<StartNote> notes, List<RunSpan> runs)
    {
        var noted = notes.Select(note => note.Run).ToHashSet();
        var silent = runs.Where(run => !noted.Contains(run.Run)).ToList();
        var excused = lives.MayEndUnnoted(token) && silent.TrueForAll(run => run.Signal is Interop.SigTerm or Interop.SigKill);
        if (noted.Count != notes.Count || !noted.IsSubsetOf(runs.Select(run => run.Run)) || (silent.Count > 0 && !excused))
            faults.Add($"task {token}: the journal has the starts {Show(runs.Select(run => run.Run))}, the processes noted {Show(notes.Select(note => note.Run))}");
    }

    // Each run belongs to the start that its process names; one that named none, to that of the run before it.
    private void CheckSeries(string token, IReadOnlyList<StartNote> notes, List<RunSpan> runs)
    {
        var series = new Dictionary<int, List<RunSpan>>();
        var number = notes.Count == 0 ? 1 : notes[0].Life;
        foreach (var run in runs)
        {
            number = notes.FirstOrDefault(note => note.Run == run.Run)?.Life ?? number;
            if (!series.TryGetValue(number, out var its))
                series[number] = its = [];
            its.Add(run);
        }
        var restarts = 0;
        foreach (var (life, its) in series)
        {
            if (lives.Find(token, life, 0) is not { } root)
            {
                faults.Add($"task {token}: nobody asked for {life}");
                continue;
            }
            if (root.Plan.Retries is null)
            {
                Returns += its.Count - 1;
                continue;
            }
            var resets = root.Resets.Count(at => at < its.Count);
            Resets += resets;
            restarts += its.Count - 1 - resets;
            if (RetryAudit.Check(root, its) is { } problem)
                faults.Add($"{root.Plan}: {problem}; stop {(root.StopRequested ? "" : "not ")}requested, resets after {string.Join(", ", root.Resets)}; {string.Join(", ", its.Select(run => $"{run.StartedAt:ss.fff}-{run.ExitedAt:ss.fff}"))}");
        }
        Restarts += restarts;
        if (restartCounts.TryGetValue(token, out var count) && count != restarts)
            faults.Add($"task {token}: restart_count is {count}, and the journal has {restarts} restarts");
    }

    private void CheckBytes(LifeCheck seen)
    {
        var written = lives.Progress(seen.Life)?.Bytes ?? [];
        for (var lane = 0; lane < written.Length; lane++)
        {
            if (seen.Lanes[lane].Bytes < written[lane] && !(lane >= WorkerLines.FirstOfDaemon && seen.Life.DaemonMayOutliveBoth))
                faults.Add($"journal of {seen.Life.Plan}: {seen.Lanes[lane].Bytes} bytes of lane {lane}, and {written[lane]} were written");
        }
    }

    private void CheckStarts(Life life)
    {
        var notes = StartNote.ReadAll(places.Starts(life.Token)).Count(note => note.Life == life.Number && note.Attempt == life.Attempt);
        var right = life.Outcome switch
        {
            StartOutcome.Acknowledged or StartOutcome.FoundLater => notes == 1 || (notes == 0 && lives.MayEndUnnoted(life.Token)),
            StartOutcome.Refused => notes == 0,
            _ => notes <= 1,
        };
        if (!right)
            faults.Add($"{life.Plan} was started {notes} times; what the client knows of it: {life.Outcome}");
        if (notes > 0 && !_tokens.Contains(life.Token))
            faults.Add($"{life.Plan} has no journal");
    }

    private static string? FindToken(string directory)
    {
        var end = JournalDirectory.FindEnd(directory);
        using var reader = JournalReader.Open(directory);
        while (reader.TryRead(end, out var entry))
        {
            if (entry.Kind == EntryKind.Line && entry.Data.IndexOf((byte)' ') is > 0 and var length)
                return System.Text.Encoding.ASCII.GetString(entry.Data[..length]);
        }
        return null;
    }

    private static string? NameOf(int signal) => signal switch
    {
        0 => null,
        Interop.SigKill => "SIGKILL",
        Interop.SigTerm => "SIGTERM",
        10 => "SIGUSR1",
        _ => signal.ToString(CultureInfo.InvariantCulture),
    };

    private static string Show(IEnumerable<Guid> runs) => string.Join(' ', runs.Select(run => run.ToString("N")[..8]));
}
