using System.Text.Json;
using Overseer.Core.Registry;
using Overseer.Core.Tasks;

namespace Overseer.Storage;

/// <summary>The table <c>adopted</c>. Errors are SQLite's; the store says what they mean.</summary>
internal sealed class AdoptedRows : IDisposable
{
    private const string Columns =
        "number, task_id, pid, start_time, boot_id, pgid, command, name, tags, groups, added_at, started_at, phase, exited_at, exit_code, signal, stopped, grace_ends_at";

    private readonly StoredJson _json = new();
    private readonly StoreStatement _put;
    private readonly StoreStatement _remove;
    private readonly StoreStatement _clear;
    private readonly StoreStatement _all;

    public AdoptedRows(StoreConnection connection)
    {
        _put = connection.Prepare(UpsertSql.Of("adopted", "number", Columns));
        _remove = connection.Prepare("DELETE FROM adopted WHERE number = $number");
        _clear = connection.Prepare("DELETE FROM adopted");
        _all = connection.Prepare($"SELECT {Columns} FROM adopted ORDER BY number");
    }

    /// <summary>Adds a task, or replaces what is there of it.</summary>
    public void Put(AdoptedRecord task)
    {
        var process = task.Process;
        _put.Set(task.Number).Set(task.TaskId).Set(process.Pid).Set(process.StartTime).Set(process.BootId).Set(process.Group).Set(task.CommandLine).Set(task.Name);
        _json.Set(_put, task.Tags.Count > 0 ? task.Tags : null);
        _json.Set(_put, task.Groups.Count > 0 ? task.Groups : null);
        _put.Set(StoredTime.Of(task.AddedAt)).Set(StoredTime.Of(task.StartedAt)).Set(StoredWords.Of(task.Phase)).Set(StoredTime.Of(task.ExitedAt))
            .Set(task.ExitCode).Set(task.Signal).Set(task.WasStopped ? 1 : 0).Set(StoredTime.Of(task.GraceEndsAt))
            .Execute();
    }

    /// <summary>Removes a task.</summary>
    public void Remove(long number) => _remove.Set(number).Execute();

    /// <summary>Removes all of them.</summary>
    public void Clear() => _clear.Execute();

    /// <summary>All of them, by number.</summary>
    /// <exception cref="InvalidDataException">A value has no meaning; the message names the row.</exception>
    public List<AdoptedRecord> All()
    {
        var tasks = new List<AdoptedRecord>();
        try
        {
            while (_all.Read()) tasks.Add(Read(_all.Row()));
        }
        catch (Exception e) when (e is InvalidDataException or JsonException)
        {
            throw new InvalidDataException($"the adopted process with number {_all.Row().Integer()}: {e.Message}", e);
        }
        finally
        {
            _all.Reset();
        }

        return tasks;
    }

    /// <summary>Forgets what was set of a row that could not be written.</summary>
    public void Reset()
    {
        _put.Reset();
        _remove.Reset();
        _clear.Reset();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _put.Dispose();
        _remove.Dispose();
        _clear.Dispose();
        _all.Dispose();
    }

    // In the order of the columns: an initializer is evaluated as it is written.
    private static AdoptedRecord Read(StoredRow row)
    {
        return new AdoptedRecord
        {
            Number = row.Integer(),
            TaskId = row.Id(),
            Process = new AdoptedProcess(row.Small(), row.Integer(), row.Id(), row.Small()),
            CommandLine = row.Text(),
            Name = row.TextOrNull(),
            Tags = StoredJson.List(row.JsonOrNull()) ?? [],
            Groups = StoredJson.List(row.JsonOrNull()) ?? [],
            AddedAt = row.Time(),
            StartedAt = row.TimeOrNull(),
            Phase = StoredWords.Phase(row.Text()) is { } phase and not TaskPhase.Starting ? phase : throw row.Wrong("is none"),
            ExitedAt = row.TimeOrNull(),
            ExitCode = row.SmallOrNull(),
            Signal = row.TextOrNull(),
            WasStopped = row.Flag(),
            GraceEndsAt = row.TimeOrNull(),
        };
    }
}
