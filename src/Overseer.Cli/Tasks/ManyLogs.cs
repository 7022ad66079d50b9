using Overseer.Client;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Tasks;

/// <summary>Prints what several tasks wrote, each line with its task. Those that a label stands for are followed from their first line on, also when they begin only later.</summary>
internal sealed class ManyLogs(OverseerClient client, EventPrinter printer, int? last, bool terminal) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly HashSet<string> _followed = new(StringComparer.Ordinal);

    /// <summary>Prints them.</summary>
    /// <returns>The exit code: that of the first task, in the order given, whose code is not 0; 0 with labels, which end by Ctrl-C alone.</returns>
    internal async Task<int> RunAsync(IReadOnlyList<string> texts, bool follow, CancellationToken cancellation)
    {
        TaskLabel[] labels = [.. texts.Select(TaskLabel.Parse).OfType<TaskLabel>()];
        // The lifecycle first: whatever begins between it and the list is in one of the two.
        await using LifecycleWatch? lifecycle = follow && labels.Length > 0 ? await client.WatchLifecycleAsync(null, cancellation) : null;
        IReadOnlyList<TaskInfo> known = await client.ListAsync(cancellationToken: cancellation);
        IReadOnlyList<TaskInfo> tasks = lifecycle is null ? TaskFinder.FindAll(known, texts) : Present(known, texts);
        if (!follow)
        {
            foreach (TaskInfo task in tasks)
            {
                printer.Task = NameOf(task);
                await TaskLogs.PrintAsync(client, task, last, null, printer, cancellation);
            }
            return Hosting.ExitCodes.Ok;
        }
        _followed.UnionWith(tasks.Select(task => task.TaskId));
        Task<TaskEnding?>[] following = [.. tasks.Select(task => FollowAsync(task, untilEnded: lifecycle is null, cancellation))];
        if (lifecycle is null)
            return (await Task.WhenAll(following)).Select(CodeOf).FirstOrDefault(code => code != 0);
        await FollowComingAsync(lifecycle, labels, [.. following], cancellation);
        return Hosting.ExitCodes.Ok;
    }

    // A label that no task has yet is worth waiting for.
    private static IReadOnlyList<TaskInfo> Present(IReadOnlyList<TaskInfo> known, IReadOnlyList<string> texts)
        => TaskFinder.FindAll(known, texts.Where(text => TaskLabel.Parse(text) is not { } label || known.Any(task => label.Fits(task.Tags, task.Groups))));

    private static string NameOf(TaskInfo task) => task.Name ?? task.TaskId;

    public void Dispose() => _gate.Dispose();

    private static int CodeOf(TaskEnding? ending) => ending is null ? Hosting.ExitCodes.Refused : TaskEnd.CodeOf(ending);

    private async Task FollowComingAsync(LifecycleWatch lifecycle, TaskLabel[] labels, List<Task> following, CancellationToken cancellation)
    {
        await foreach (ServerMessage one in lifecycle.WithCancellation(cancellation))
        {
            following.RemoveAll(task => task.IsCompletedSuccessfully);
            if (following.Find(task => task.IsFaulted) is { } failed)
                await failed;
            if (one is LifecycleMessage happened && labels.Any(label => label.Fits(happened.Tags, happened.Groups)) && _followed.Add(happened.TaskId))
                following.Add(FollowAsync(happened.TaskId, happened.Name ?? happened.TaskId, [], 1, untilEnded: false, cancellation));
        }
    }

    private async Task<TaskEnding?> FollowAsync(TaskInfo task, bool untilEnded, CancellationToken cancellation)
    {
        (IReadOnlyList<ServerMessage> before, long from) = await TaskLogs.BeginAsync(client, task, last, null, cancellation);
        return await FollowAsync(task.TaskId, NameOf(task), before, from, untilEnded, cancellation);
    }

    private async Task<TaskEnding?> FollowAsync(string taskId, string name, IReadOnlyList<ServerMessage> before, long from, bool untilEnded, CancellationToken cancellation)
    {
        await PrintAsync(name, before, cancellation);
        await using TaskWatch watch = await client.WatchAsync(taskId, from, cancellation);
        await foreach (IReadOnlyList<ServerMessage> batch in watch.ReadBatchesAsync(untilEnded, cancellation))
            await PrintAsync(name, batch, cancellation);
        if (watch.Ending is { } ending && TaskEnd.Explain(ending, terminal) is { } text)
            await SayAsync(name, text, cancellation);
        return watch.Ending;
    }

    private async Task PrintAsync(string name, IReadOnlyList<ServerMessage> events, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            printer.Task = name;
            foreach (ServerMessage one in events)
                printer.Print(one);
            printer.Flush();
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task SayAsync(string name, string text, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            printer.Task = name;
            printer.Say(text);
        }
        finally
        {
            _gate.Release();
        }
    }
}
