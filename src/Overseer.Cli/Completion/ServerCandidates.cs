using Overseer.Client;
using Overseer.Core.Tasks;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Completion;

/// <summary>Words that only a server knows. Somebody waits at a prompt: little time, and silence when there is no server.</summary>
internal sealed class ServerCandidates(OverseerEndpoint? endpoint, TimeProvider clock)
{
    private readonly OverseerClientOptions _options = new()
    {
        ConnectTimeout = TimeSpan.FromMilliseconds(500),
        RequestTimeout = TimeSpan.FromSeconds(1),
        ReconnectFor = TimeSpan.Zero,
        Clock = clock,
    };

    /// <summary>Ids and names of tasks.</summary>
    internal async Task<CompletionAnswer> TasksAsync(Func<TaskInfo, bool> wanted)
        => new([.. (await TasksAsync()).Where(wanted).SelectMany(Names)]);

    /// <summary>Tags or groups that tasks have.</summary>
    internal async Task<CompletionAnswer> LabelsAsync(Func<TaskInfo, IReadOnlyList<string>?> labels)
        => new([.. (await TasksAsync()).SelectMany(task => labels(task) ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(label => new Candidate(label))]);

    /// <summary>Names of actions.</summary>
    internal async Task<CompletionAnswer> ActionsAsync()
        => new([.. (await AskAsync(client => client.DescribeAsync())).Select(action => new Candidate(action.Name, action.Description))]);

    /// <summary>Parameters of an action, up to their equals sign.</summary>
    internal async Task<CompletionAnswer> ParametersAsync(string action)
    {
        IReadOnlyList<ActionInfo> found = await AskAsync(client => client.DescribeAsync(action));
        return new([.. found.SelectMany(one => one.Params).Select(one => new Candidate(one.Key + "=", one.Value?.Description ?? (one.Value?.Default is null ? "required" : null)))], "nospace");
    }

    /// <summary>The values that a parameter may have, where they are listed.</summary>
    internal async Task<CompletionAnswer> ValuesAsync(string action, string parameter)
    {
        IReadOnlyList<ActionInfo> found = await AskAsync(client => client.DescribeAsync(action));
        return new([.. found.SelectMany(one => one.Params).Where(one => one.Key == parameter).SelectMany(one => one.Value?.Enum ?? []).Select(value => new Candidate($"{parameter}={value}"))]);
    }

    private Task<IReadOnlyList<TaskInfo>> TasksAsync() => AskAsync(client => client.ListAsync());

    private async Task<IReadOnlyList<T>> AskAsync<T>(Func<OverseerClient, Task<IReadOnlyList<T>>> ask)
    {
        if (endpoint is null)
            return [];
        try
        {
            await using OverseerClient client = await OverseerClient.ConnectAsync(endpoint, _options);
            return await ask(client);
        }
        catch (Exception failure) when (failure is OverseerException or TimeoutException)
        {
            return [];
        }
    }

    private static IEnumerable<Candidate> Names(TaskInfo task)
    {
        string description = $"{task.Action}, {WordOf(task)}";
        if (task.Name is { } name)
            yield return new Candidate(name, description);
        yield return new Candidate(task.TaskId, description);
    }

    private static string WordOf(TaskInfo task) => task.State switch
    {
        TaskState.Queued => "queued",
        TaskState.Errored => "given up",
        TaskState.Active => "active",
        _ => "ended",
    };
}
