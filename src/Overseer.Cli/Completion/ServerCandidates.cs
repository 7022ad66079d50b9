using Overseer.Cli.Tasks;
using Overseer.Client;
using Overseer.Core.Tasks;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Completion;

/// <summary>Words that only a server knows. Somebody waits at a prompt: little time, and silence when there is no server.</summary>
internal sealed class ServerCandidates(OverseerEndpoint? endpoint, string? token, string? caFile, TimeSpan patience)
{
    /// <summary>How long a server may take, twice: to connect and to answer.</summary>
    internal const string PatienceVariable = "OVERSEER_COMPLETION_TIMEOUT";

    internal static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(1);

    /// <summary>Ids and names of tasks.</summary>
    internal CompletionAnswer Tasks(Func<TaskInfo, bool> wanted)
        => new([.. Tasks().Where(wanted).SelectMany(Names)]);

    /// <summary>Tags or groups that tasks have.</summary>
    internal CompletionAnswer Labels(Func<TaskInfo, IReadOnlyList<string>?> labels)
        => new([.. Tasks().SelectMany(task => labels(task) ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(label => new Candidate(label))]);

    /// <summary>Names of actions.</summary>
    internal CompletionAnswer Actions()
        => new([.. Ask(server => server.Describe()).Select(action => new Candidate(action.Name, action.Description))]);

    /// <summary>Parameters of an action, up to their equals sign.</summary>
    internal CompletionAnswer Parameters(string action)
    {
        IReadOnlyList<ActionInfo> found = Ask(server => server.Describe(action));
        return new([.. found.SelectMany(one => one.Params).Select(one => new Candidate(one.Key + "=", one.Value?.Description ?? (one.Value?.Default is null ? "required" : null)))], "nospace");
    }

    /// <summary>The values that a parameter may have, where they are listed.</summary>
    internal CompletionAnswer Values(string action, string parameter)
    {
        IReadOnlyList<ActionInfo> found = Ask(server => server.Describe(action));
        return new([.. found.SelectMany(one => one.Params).Where(one => one.Key == parameter).SelectMany(one => one.Value?.Enum ?? []).Select(value => new Candidate($"{parameter}={value}"))]);
    }

    private IReadOnlyList<TaskInfo> Tasks() => Ask(server => server.List());

    private IReadOnlyList<T> Ask<T>(Func<ServerRequests, IReadOnlyList<T>> ask)
    {
        if (endpoint is null)
            return [];
        try
        {
            var options = new OverseerClientOptions { ConnectTimeout = patience, RequestTimeout = patience, ReconnectFor = TimeSpan.Zero, Token = token, CaFile = caFile };
            using ServerRequests server = ServerRequests.Open(endpoint, options);
            return ask(server);
        }
        catch (Exception failure) when (failure is OverseerException or TimeoutException or ArgumentException)
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
