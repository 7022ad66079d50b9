using System.Text.Json;
using Overseer.Core.Tasks.Storage;

namespace Overseer.Storage;

/// <summary>The table <c>tasks</c>. Errors are SQLite's; the store says what they mean.</summary>
internal sealed class TaskRows : IDisposable
{
    private const string Columns =
        "number, task_id, journal_id, action, params, retry, name, tags, groups, command, args, state, restart_count, error_message, created_at, queued_at, restart_at, history_from, exit_count, place, forced, requeue";

    private readonly StoredJson _json = new();
    private readonly StoreStatement _put;
    private readonly StoreStatement _remove;
    private readonly StoreStatement _all;

    public TaskRows(StoreConnection connection)
    {
        _put = connection.Prepare(UpsertSql.Of("tasks", "number", Columns));
        _remove = connection.Prepare("DELETE FROM tasks WHERE number = $number");
        _all = connection.Prepare($"SELECT {Columns} FROM tasks ORDER BY number");
    }

    /// <summary>Adds a task, or replaces what is there of it.</summary>
    public void Put(TaskRecord task)
    {
        _put.Set(task.Number).Set(task.TaskId).Set(task.JournalId.ToString("N")).Set(task.Action);
        _json.Set(_put, task.Params);
        _json.Set(_put, task.Retry);
        _put.Set(task.Name);
        _json.Set(_put, task.Tags);
        _json.Set(_put, task.Groups);
        _put.Set(task.Command);
        _json.Set(_put, task.Args);
        var standing = task.Standing;
        _put.Set(StoredWords.Of(standing.State)).Set(standing.RestartCount).Set(standing.ErrorMessage)
            .Set(StoredTime.Of(task.CreatedAt)).Set(StoredTime.Of(standing.QueuedAt)).Set(StoredTime.Of(standing.RestartAt)).Set(standing.HistoryFrom)
            .Set(standing.ExitCount).Set(standing.Place).Set(standing.Forced ? 1 : 0).Set(standing.Requeue ? 1 : 0)
            .Execute();
    }

    /// <summary>Removes a task and, as the schema has it, its runs.</summary>
    public void Remove(long number) => _remove.Set(number).Execute();

    /// <summary>All of them, by number.</summary>
    /// <exception cref="InvalidDataException">A value has no meaning; the message names the row.</exception>
    public List<TaskRecord> All()
    {
        var tasks = new List<TaskRecord>();
        try
        {
            while (_all.Read()) tasks.Add(Read(_all.Row()));
        }
        catch (Exception e) when (e is InvalidDataException or JsonException)
        {
            throw new InvalidDataException($"the task with number {_all.Row().Integer()}: {e.Message}", e);
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
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _put.Dispose();
        _remove.Dispose();
        _all.Dispose();
    }

    // In the order of the columns: an initializer is evaluated as it is written.
    private static TaskRecord Read(StoredRow row)
    {
        var task = new TaskRecord
        {
            Number = row.Integer(),
            TaskId = row.Text(),
            JournalId = row.IdText(),
            Action = row.Text(),
            Params = StoredJson.Map(row.JsonOrNull()),
            Retry = StoredJson.Policy(row.JsonOrNull()),
            Name = row.TextOrNull(),
            Tags = StoredJson.List(row.JsonOrNull()),
            Groups = StoredJson.List(row.JsonOrNull()),
            Command = row.TextOrNull(),
            Args = StoredJson.List(row.JsonOrNull()),
            CreatedAt = default,
            Standing = new TaskStanding
            {
                State = StoredWords.State(row.Text()) ?? throw row.Wrong("is none"),
                RestartCount = row.Small(),
                ErrorMessage = row.TextOrNull(),
            },
        };
        return task with
        {
            CreatedAt = row.Time(),
            Standing = task.Standing with
            {
                QueuedAt = row.TimeOrNull(),
                RestartAt = row.TimeOrNull(),
                HistoryFrom = row.Small(),
                ExitCount = row.Small(),
                Place = row.Integer(),
                Forced = row.Flag(),
                Requeue = row.Flag(),
            },
        };
    }
}
