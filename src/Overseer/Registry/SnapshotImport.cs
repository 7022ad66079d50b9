using System.Text.Json;
using Microsoft.Extensions.Logging;
using Overseer.Core.Registry;
using Overseer.Core.Tasks;
using Overseer.Recorder.Processes;

namespace Overseer.Registry;

/// <summary>
/// Takes over what goproc kept of its registry. Its snapshot knows processes by their number alone, so one is the same only if whoever has that number now had begun before the entry was made; all others
/// are dead.
/// </summary>
internal static class SnapshotImport
{
    private const long MostBytes = 1L << 30;

    /// <summary>How far the clock on the wall may have been moved since: start times are kept since the boot.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    /// <summary>Takes over a snapshot, if there is one.</summary>
    /// <param name="file">The snapshot.</param>
    /// <param name="engine">Gets what is in it. Before it takes commands.</param>
    /// <param name="options">Its options.</param>
    /// <param name="clock">Time.</param>
    /// <param name="effects">Gets what has to be done.</param>
    /// <param name="log">The log.</param>
    /// <exception cref="SnapshotException">There is one, and it cannot be used.</exception>
    public static void Run(string file, TaskEngine engine, EngineOptions options, TimeProvider clock, List<Effect> effects, ILogger log)
    {
        if (Read(file) is not { } document)
        {
            engine.Import([], 0, effects);
            return;
        }

        if (document.Processes.Count > options.MaxAdopted)
        {
            throw new SnapshotException(file, $"it has {document.Processes.Count} processes, and limits.max_adopted is {options.MaxAdopted}");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var last = Math.Max(engine.Registry.All.LastOrDefault()?.Number ?? 0, Math.Max(document.NextId - 1, document.Processes.Select(process => process.Id).DefaultIfEmpty().Max()));
        var records = new List<AdoptedRecord>(document.Processes.Count);
        foreach (var process in document.Processes.OrderBy(process => process.Id))
        {
            var number = process.Id;
            if (engine.Registry.Find(number) is not null)
            {
                number = ++last;
                RegistryLog.Adjusted(log, file, $"id {process.Id} is that of a task already; pid {process.Pid} has id {number} now");
            }

            records.Add(RecordOf(process, number, FreeName(process, names, engine, file, log), options.BootId, clock));
        }

        engine.Import(records, last, effects);
        RegistryLog.Imported(log, records.Count, records.Count(record => record.Phase != TaskPhase.Ended), file);
    }

    private static SnapshotDocument? Read(string file)
    {
        try
        {
            var info = new FileInfo(file);
            if (!info.Exists)
            {
                return null;
            }

            return info.Length <= MostBytes ? SnapshotDocument.Read(File.ReadAllBytes(file)) : throw new SnapshotException(file, $"it has {info.Length} bytes");
        }
        catch (JsonException e)
        {
            throw new SnapshotException(file, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SnapshotException(file, e.Message);
        }
    }

    private static string? FreeName(SnapshotProcess process, HashSet<string> names, TaskEngine engine, string file, ILogger log)
    {
        if (ProcessName.Trim(process.Name) is not { } name)
        {
            return null;
        }

        if (ProcessName.Problem(name) is null && engine.Registry.FindByName(name) is null && names.Add(name))
        {
            return name;
        }

        RegistryLog.Adjusted(log, file, $"id {process.Id} loses its name \"{name}\": it is not allowed, or taken");
        return null;
    }

    private static AdoptedRecord RecordOf(SnapshotProcess process, long number, string? name, Guid bootId, TimeProvider clock)
    {
        var startTime = 0L;
        var lives = process.Alive && ProcessStat.TryRead(process.Pid, out var stat) && ForeignProcess.Lives(stat.Identity)
            && ForeignProcess.WallClock(startTime = stat.StartTime) <= process.AddedAt + Tolerance;
        var seen = process.LastSeen > clock.GetUtcNow() ? clock.GetUtcNow() : process.LastSeen;
        return new AdoptedRecord
        {
            Number = number,
            TaskId = Guid.NewGuid(),
            Process = new AdoptedProcess(process.Pid, lives ? startTime : 0, lives ? bootId : Guid.Empty, process.Pgid),
            CommandLine = process.Cmd.Length > AdoptRequest.MaxCommandLine ? process.Cmd[..AdoptRequest.MaxCommandLine] : process.Cmd,
            Name = name,
            Tags = StartChecks.Join([], process.Tags),
            Groups = StartChecks.Join([], process.Groups),
            AddedAt = process.AddedAt,
            StartedAt = lives ? ForeignProcess.WallClock(startTime) : null,
            Phase = lives ? TaskPhase.Running : TaskPhase.Ended,
            ExitedAt = lives ? null : seen,
        };
    }
}
