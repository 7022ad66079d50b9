using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.Drivers.Docker.Engine;
using Overseer.Protocols.V2;
using Overseer.Registry;

namespace Overseer.Drivers.Docker;

/// <summary>
/// Makes tasks of containers that somebody else has started. A container is found by its engine first, so that the task has its id: a name may be another's tomorrow. The task's id is made of it, so a
/// container is one task, through all its lives. Thread-safe.
/// </summary>
/// <param name="engine">The engine of tasks.</param>
/// <param name="caller">Asks it.</param>
/// <param name="clock">Time.</param>
internal sealed class ContainerAdoption(TaskEngine engine, EngineCaller caller, TimeProvider clock)
{
    private const int ShortId = 12;

    /// <summary>The longest name that an engine could have.</summary>
    private const int LongestName = 255;

    /// <summary>Adopts a container.</summary>
    /// <param name="adopt">The request.</param>
    /// <param name="answer">Takes the answer.</param>
    public async Task AdoptAsync(AdoptMessage adopt, Action<ServerMessage> answer)
    {
        // Not on the caller's thread: an engine may be slow to accept.
        await Task.Yield();
        try
        {
            answer(await AdoptAsync(adopt));
        }
        catch (Exception e) when (e is EngineException or FormatException)
        {
            answer(Error(adopt, e.Message));
        }
    }

    private static ErrorMessage Error(AdoptMessage adopt, string message, string? taskId = null) => new() { Id = adopt.Id, Message = message, ExistingTaskId = taskId };

    private async Task<ServerMessage> AdoptAsync(AdoptMessage adopt)
    {
        var asked = adopt.Container!;
        if (asked.Length > LongestName || asked.Any(c => char.IsControl(c) || c == '/')) return Error(adopt, "container is no name or id of one");
        string socket;
        if (adopt.Engine is { } named)
        {
            if (EngineSocket.Parse(named, out var problem) is not { } path) return Error(adopt, $"engine: {problem}");
            socket = path;
        }
        else
        {
            socket = EngineSocket.Default(Environment.GetEnvironmentVariable, File.Exists);
        }

        using var client = new EngineClient(socket, clock);
        if (await client.FindAsync(asked, CancellationToken.None) is not { } container) return Error(adopt, $"no such container: {asked}");
        if (container.State.IsOver || container.State.IsNew) return Error(adopt, $"container {asked} is not running");
        if (container.Label(DockerLabels.TaskId) is { } owner && engine.Find(owner) is { } own) return Error(adopt, $"container {asked} is that of a task", own.TaskId);
        return await AskAsync(adopt, container, socket);
    }

    private async Task<ServerMessage> AskAsync(AdoptMessage adopt, ContainerDetails container, string socket)
    {
        var taskId = $"container-{(container.Id.Length > ShortId ? container.Id[..ShortId] : container.Id)}";
        var request = new StartRequest
        {
            TaskId = taskId,
            Action = ActionCatalog.ContainerName,
            Name = adopt.Name,
            Tags = adopt.Tags,
            Groups = adopt.Groups,
            Params = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [ContainerAction.Container] = container.Id,
                [ContainerAction.Engine] = socket,
                [ContainerAction.Image] = container.Config?.Image ?? "",
            },
        };
        var reply = await caller.AskAsync(origin => new EngineCommand.StartTask(origin, request) { Foreign = true }, CancellationToken.None);
        return reply switch
        {
            EngineReply.Started when engine.Find(taskId) is { } task => new AdoptedMessage { Id = adopt.Id, Task = TaskMessages.ToInfo(task) },
            EngineReply.Failed failed => Error(adopt, failed.Message, failed.ExistingTaskId),
            _ => Error(adopt, "the task was forgotten at once"),
        };
    }
}
