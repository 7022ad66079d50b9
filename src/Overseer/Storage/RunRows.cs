using Overseer.Core.Tasks;
using Overseer.Core.Tasks.Storage;

namespace Overseer.Storage;

/// <summary>The table <c>runs</c>. Errors are SQLite's; the store says what they mean.</summary>
internal sealed class RunRows : IDisposable
{
    /// <summary>
    /// How many runs of a task are kept, the latest ones. Retry windows count exits, and thresholds beyond some dozens make no sense; a task that restarts every
    /// second for years must not fill the disk. The journal has the older ones as long as it lasts.
    /// </summary>
    public const int Kept = 256;

    private const string Columns =
        "task, ordinal, run_id, phase, boot_id, pid, process_start_time, started_at, exited_at, exit_code, signal, intentional, stop_signal, stop_grace, asked_grace, grace_ends_at, stdout_pipe, stderr_pipe, host, reference, note";

    private readonly StoreStatement _put;
    private readonly StoreStatement _remove;
    private readonly StoreStatement _trim;
    private readonly StoreStatement _all;

    public RunRows(StoreConnection connection)
    {
        _put = connection.Prepare(UpsertSql.Of("runs", "task, ordinal", Columns));
        _remove = connection.Prepare("DELETE FROM runs WHERE task = $task AND ordinal = $ordinal AND run_id = $run_id");
        _trim = connection.Prepare("DELETE FROM runs WHERE task = $task AND ordinal <= $ordinal AND phase = 'ended'");
        _all = connection.Prepare($"SELECT {Columns} FROM runs ORDER BY task, ordinal");
    }

    /// <summary>Adds a run, or replaces what is there of it; lets the oldest go when there are too many.</summary>
    public void Put(RunRecord run)
    {
        _put.Set(run.Task).Set(run.Ordinal).Set(run.RunId.Value).Set(StoredWords.Of(run.Phase)).Set(run.BootId)
            .Set(run.Pid).Set(run.ProcessStartTime).Set(StoredTime.Of(run.StartedAt)).Set(StoredTime.Of(run.ExitedAt))
            .Set(run.ExitCode).Set(run.Signal).Set(run.Intentional ? 1 : 0)
            .Set(run.StopSignal).Set(StoredTime.Of(run.StopGrace)).Set(StoredTime.Of(run.AskedGrace)).Set(StoredTime.Of(run.GraceEndsAt))
            .Set(run.StdoutPipe).Set(run.StderrPipe)
            .Set(run.Host).Set(run.Reference).Set(run.Note)
            .Execute();
        if (run.Ordinal > Kept) _trim.Set(run.Task).Set(run.Ordinal - Kept).Execute();
    }

    /// <summary>Removes a run.</summary>
    public void Remove(RunRecord run) => _remove.Set(run.Task).Set(run.Ordinal).Set(run.RunId.Value).Execute();

    /// <summary>All of them, by task and ordinal.</summary>
    /// <exception cref="InvalidDataException">A value has no meaning; the message names the row.</exception>
    public List<RunRecord> All()
    {
        var runs = new List<RunRecord>();
        try
        {
            while (_all.Read()) runs.Add(Read(_all.Row()));
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"a run of task {_all.Row().Integer()}: {e.Message}", e);
        }
        finally
        {
            _all.Reset();
        }

        return runs;
    }

    /// <summary>Forgets what was set of a row that could not be written.</summary>
    public void Reset()
    {
        _put.Reset();
        _remove.Reset();
        _trim.Reset();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _put.Dispose();
        _remove.Dispose();
        _trim.Dispose();
        _all.Dispose();
    }

    // In the order of the columns: an initializer is evaluated as it is written.
    private static RunRecord Read(StoredRow row)
    {
        return new RunRecord
        {
            Task = row.Integer(),
            Ordinal = row.Small(),
            RunId = new RunId(row.Id()),
            Phase = StoredWords.Phase(row.Text()) ?? throw row.Wrong("is none"),
            BootId = row.Id(),
            Pid = row.Small(),
            ProcessStartTime = row.Integer(),
            StartedAt = row.TimeOrNull(),
            ExitedAt = row.TimeOrNull(),
            ExitCode = row.Small(),
            Signal = row.Small(),
            Intentional = row.Flag(),
            StopSignal = row.Small(),
            StopGrace = row.Duration(),
            AskedGrace = row.DurationOrNull(),
            GraceEndsAt = row.TimeOrNull(),
            StdoutPipe = row.Integer(),
            StderrPipe = row.Integer(),
            Host = row.TextOrNull(),
            Reference = row.TextOrNull(),
            Note = row.TextOrNull(),
        };
    }
}
