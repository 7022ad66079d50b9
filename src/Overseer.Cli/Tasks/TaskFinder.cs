using System.Globalization;
using Overseer.Client;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Tasks;

/// <summary>Finds the task that a user means: by its id, its name, its number, or the beginning of its id.</summary>
internal static class TaskFinder
{
    private const int NamedCandidates = 4;

    /// <summary>Asks the server for its tasks and finds the one.</summary>
    /// <exception cref="NotFoundException">There is none.</exception>
    /// <exception cref="UsageException">Several ids begin like that.</exception>
    internal static async Task<TaskInfo> FindAsync(OverseerClient client, string text, CancellationToken cancellation)
        => Find(await client.ListAsync(cancellationToken: cancellation), text);

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

    private static string Names(TaskInfo[] candidates)
        => string.Join(", ", candidates.Take(NamedCandidates).Select(task => task.TaskId)) + (candidates.Length > NamedCandidates ? ", …" : "");
}
