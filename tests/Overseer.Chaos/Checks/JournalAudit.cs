using System.Globalization;
using Overseer.Chaos.Halves;
using Overseer.Chaos.Workers;
using Overseer.Recorder.Journal;

namespace Overseer.Chaos.Checks;

/// <summary>Reads all journals from their files, after everything has ended, and compares them with what the workers printed and noted.</summary>
internal sealed class JournalAudit(ChaosPlaces places, LifeRegistry lives, Faults faults)
{
    private readonly HashSet<string> _tokens = [];

    internal long Lines { get; private set; }

    internal long Bytes { get; private set; }

    internal int Starts { get; private set; }

    internal int Exits { get; private set; }

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
                ReadEntries(directory, token, check, [], []);
            }
            catch (Exception e) when (e is CheckException or JournalException)
            {
                problem = $"; {e.Message}";
            }
            foreach (var life in some.Where(life => life.Token == token))
            {
                yield return $"{life.Plan}: {ropes.Facts(life)}; its journal {directory} has {check.NextSeq - 1} lines, "
                    + (check.Find(life.Number) is { } seen ? $"of this life {string.Join(", ", seen.Lanes.Select(lane => lane.Bytes))} bytes, exit {seen.End}" : "none of this life") + problem;
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
        var started = new HashSet<Guid>();
        var exited = new HashSet<Guid>();
        ReadEntries(directory, token, check, started, exited);
        Lines += check.NextSeq - 1;
        Bytes += check.Bytes;
        Starts += started.Count;
        Exits += exited.Count;
        if (!started.SetEquals(notes.Select(note => note.Run)))
            faults.Add($"task {token}: the journal has the starts {Show(started)}, the processes noted {Show(notes.Select(note => note.Run))}");
        if (!exited.SetEquals(started))
            faults.Add($"task {token}: of the starts {Show(started)} the journal has the exits {Show(exited)}");
        foreach (var seen in check.Lives)
            CheckBytes(seen);
    }

    private static void ReadEntries(string directory, string token, TaskCheck check, HashSet<Guid> started, HashSet<Guid> exited)
    {
        var end = JournalDirectory.FindEnd(directory);
        using var reader = JournalReader.Open(directory);
        while (reader.TryRead(end, out var entry))
        {
            switch (entry.Kind)
            {
                case EntryKind.Line:
                    check.OnLine(entry.Line, entry.Pid, entry.Stream, entry.Data, entry.Partial);
                    break;
                case EntryKind.Started:
                    if (!started.Add(entry.RunId))
                        throw new CheckException($"task {token}: run {entry.RunId:N} has started twice");
                    break;
                case EntryKind.Exited:
                    if (!exited.Add(entry.RunId))
                        throw new CheckException($"task {token}: run {entry.RunId:N} has exited twice");
                    var exit = entry.Exit!;
                    check.OnExit(exit.Pid, exit.ExitCode, NameOf(exit.Signal), intentional: null);
                    break;
                default:
                    throw new CheckException($"task {token}: a gap before line {entry.Line}, {entry.GapReason}, {entry.GapBytes} bytes, run {entry.Run}, pid {entry.Pid}");
            }
        }
    }

    private void CheckBytes(LifeCheck seen)
    {
        var written = lives.Progress(seen.Life)?.Bytes ?? [];
        for (var lane = 0; lane < written.Length; lane++)
        {
            if (seen.Lanes[lane].Bytes < written[lane])
                faults.Add($"journal of {seen.Life.Plan}: {seen.Lanes[lane].Bytes} bytes of lane {lane}, and {written[lane]} were written");
        }
    }

    private void CheckStarts(Life life)
    {
        var notes = StartNote.ReadAll(places.Starts(life.Token)).Count(note => note.Life == life.Number);
        var right = life.Outcome switch
        {
            StartOutcome.Acknowledged or StartOutcome.FoundLater => notes == 1,
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
