namespace Overseer.Core.Tasks;

/// <summary>Estimates what a known task occupies, so that a few tasks with huge parameters cannot fill the memory that many small ones may have.</summary>
internal static class TaskSize
{
    private const int Fixed = 1024;
    private const int PerText = 32;

    /// <summary>Bytes of a task.</summary>
    public static long Of(TaskStatus task, string? dedupeKey)
    {
        long bytes = Fixed + Of(task.TaskId) + Of(task.Name) + Of(task.Command) + Of(dedupeKey);
        if (task.Params is { } parameters)
        {
            foreach (var (name, value) in parameters) bytes += Of(name) + Of(value);
        }

        return bytes + Of(task.Args) + Of(task.Tags) + Of(task.Groups);
    }

    private static long Of(IReadOnlyList<string>? texts)
    {
        long bytes = 0;
        for (var i = 0; i < texts?.Count; i++) bytes += Of(texts[i]);
        return bytes;
    }

    private static long Of(string? text) => text is null ? 0 : PerText + (2L * text.Length);
}
