using System.Globalization;
using Overseer.Configuration;
using Overseer.Core.Tasks.Storage;
using Overseer.Storage;

namespace Overseer.Cli.Journals;

/// <summary>The journals of a server and the tasks they belong to, as they lie on the disk: no server is asked.</summary>
internal sealed class JournalFiles
{
    private readonly string _root;
    private readonly Lazy<IReadOnlyList<TaskRecord>> _tasks;

    internal JournalFiles(OverseerConfiguration configuration)
    {
        _root = configuration.Places.JournalDirectory;
        _tasks = new(() => configuration.DatabaseFile is { } database ? StoreReader.Tasks(database) : []);
    }

    /// <summary>The tasks as stored; read when they are asked for, so that a journal can be had by its directory when the database cannot.</summary>
    internal IReadOnlyList<TaskRecord> Tasks => _tasks.Value;

    internal string Root => _root;

    /// <summary>Every journal with its task, if that is known.</summary>
    internal IEnumerable<(string Directory, TaskRecord? Task)> All()
    {
        if (!Directory.Exists(_root))
            yield break;
        Dictionary<Guid, TaskRecord> byJournal = Tasks.ToDictionary(task => task.JournalId);
        foreach (string directory in Directory.EnumerateDirectories(_root).Order(StringComparer.Ordinal))
        {
            if (Guid.TryParseExact(Path.GetFileName(directory), "N", out Guid id))
                yield return (directory, byJournal.GetValueOrDefault(id));
        }
    }

    /// <summary>Finds the journal that a user means: by the task's id, name, number or beginning of its id, by the journal's own id, or by its directory.</summary>
    /// <exception cref="NotFoundException">There is none.</exception>
    /// <exception cref="UsageException">Several ids begin like that.</exception>
    internal (string Directory, string TaskId) Find(string text)
    {
        if (text.Contains('/', StringComparison.Ordinal))
            return Directory.Exists(text) ? (text, Path.GetFileName(Path.TrimEndingDirectorySeparator(text))) : throw new NotFoundException($"there is no directory {text}");
        if (TaskOf(text) is { } task)
            return Directory.Exists(DirectoryOf(task.JournalId)) ? (DirectoryOf(task.JournalId), task.TaskId) : throw new NotFoundException($"the task {task.TaskId} has no journal yet");
        if (Guid.TryParse(text, out Guid id) && Directory.Exists(DirectoryOf(id)))
            return (DirectoryOf(id), id.ToString("N"));
        throw new NotFoundException($"there is no task '{text}' in {_root}; overseer journal usage lists the journals");
    }

    private string DirectoryOf(Guid journal) => Path.Join(_root, journal.ToString("N"));

    private TaskRecord? TaskOf(string text)
    {
        if ((Tasks.FirstOrDefault(task => task.TaskId == text) ?? Tasks.FirstOrDefault(task => task.Name == text)) is { } exact)
            return exact;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && Tasks.FirstOrDefault(task => task.Number == number) is { } numbered)
            return numbered;
        TaskRecord[] candidates = text.Length == 0 ? [] : [.. Tasks.Where(task => task.TaskId.StartsWith(text, StringComparison.Ordinal)).Take(2)];
        return candidates.Length < 2 ? candidates.FirstOrDefault() : throw new UsageException($"'{text}' could be any of several tasks; write more of the id");
    }
}
