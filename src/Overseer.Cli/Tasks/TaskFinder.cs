using System.Globalization;
using Overseer.Client;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Tasks;

/// <summary>Finds the tasks that a user means: one by its id, its name, its number, or the beginning of its id; several by a tag or a group.</summary>
internal static class TaskFinder
{
    private const int NamedCandidates = 4;

    /// <summary>Asks the server for its tasks and finds the one.</summary>
    /// <exception cref="NotFoundException">There is none.</exception>
    /// <exception cref="UsageException">Several ids begin like that.</exception>
    internal static async Task<TaskInfo> FindAsync(OverseerClient client, string text, CancellationToken cancellation)
        => Find(await client.ListAsync(cancellationToken: cancellation), text);

    /// <summary>All tasks that these texts mean, in their order and each once: one of them for a task, all with a tag for <c>@tag</c>, all of a group for <c>%group</c>.</summary>
    /// <exception cref="NotFoundException">There is none.</exception>
    /// <exception cref="UsageException">Several ids begin like that.</exception>
    internal static IReadOnlyList<TaskInfo> FindAll(IReadOnlyList<TaskInfo> tasks, IEnumerable<string> texts)
        => [.. texts.SelectMany(text => TaskLabel.Parse(text) is { } label ? Labelled(tasks, label) : [Find(tasks, text)]).DistinctBy(task => task.TaskId)];

    internal static TaskInfo Find(IReadOnlyList<TaskInfo> tasks, string text)
    {
        if (tasks.FirstOrDefault(task => task.TaskId == text) is { } byId)
            return byId;
        if (tasks.FirstOrDefault(task => task.Name == text) is { } byName)
            return byName;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && tasks.FirstOrDefault(task => task.Number == number) is { } byNumber)
            return byNumber;
        TaskInfo[] candidates = text.Length == 0 ? [] : [.. tasks.Where(task => task.TaskId.StartsWith(text, StringComparison.Ordinal))];
        return candidates switch
        {
            [] => throw new NotFoundException($"there is no task '{text}'; overseer ps lists them"),
            [var one] => one,
            _ => throw new UsageException($"'{text}' could be any of {Names(candidates)}; write more of the id"),
        };
    }

    private static List<TaskInfo> Labelled(IReadOnlyList<TaskInfo> tasks, TaskLabel label)
        => tasks.Where(task => label.Fits(task.Tags, task.Groups)).ToList() is { Count: > 0 } found ? found : throw new NotFoundException($"there is no task with the {label}; overseer ps --wide shows labels");

    private static string Names(TaskInfo[] candidates)
        => string.Join(", ", candidates.Take(NamedCandidates).Select(task => task.TaskId)) + (candidates.Length > NamedCandidates ? ", …" : "");
}
