using Overseer.Core.Tasks;
using Overseer.Drivers.Docker;
using Overseer.Protocols.V2;

namespace Overseer.Registry;

/// <summary>What clients of the overseer protocol do to the registry. The engine answers, through their connection. Thread-safe.</summary>
internal sealed class RegistryRequests(TaskEngine engine, Adoption adoption, ContainerAdoption containers, EngineCaller caller, Action<EngineCommand> post)
{
    /// <summary>Handles <c>adopt</c>, <c>forget</c> or <c>rename_label</c>.</summary>
    /// <param name="message">The request.</param>
    /// <param name="origin">Whose.</param>
    /// <param name="answer">Takes an answer that comes later from here.</param>
    /// <returns>Answers that are there already.</returns>
    public IEnumerable<ServerMessage> Handle(ClientMessage message, RequestOrigin origin, Action<ServerMessage> answer)
    {
        switch (message)
        {
            case AdoptMessage { Container: not null } adopt:
                _ = containers.AdoptAsync(adopt, answer);
                return [];
            case AdoptMessage adopt:
                return Adopt(adopt, answer);
            case ForgetMessage forget:
                if (engine.Find(forget.TaskId) is not { } task)
                {
                    return [new ErrorMessage { Id = forget.Id, Message = "task not found" }];
                }

                post(new EngineCommand.RemoveTask(origin, task.Number));
                return [];
            case RenameLabelMessage rename:
                post(new EngineCommand.RenameLabel(origin, rename.Kind, rename.From, rename.To));
                return [];
            default:
                throw new ArgumentException($"{message.GetType().Name} is none of the registry's", nameof(message));
        }
    }

    // Through a caller of our own: the process is held until the engine has answered.
    private IEnumerable<ServerMessage> Adopt(AdoptMessage adopt, Action<ServerMessage> answer)
    {
        if (adoption.Begin(adopt.Pid!.Value, Core.Registry.ProcessName.Trim(adopt.Name), adopt.Tags ?? [], adopt.Groups ?? [], startedAs: null, out var reason) is not { } request)
        {
            return [new ErrorMessage { Id = adopt.Id, Message = $"pid {adopt.Pid} not found or no permission: {reason}" }];
        }

        _ = AskAsync();
        return [];

        async Task AskAsync()
        {
            try
            {
                var reply = await caller.AskAsync(origin => new EngineCommand.AdoptProcess(origin, request), CancellationToken.None);
                answer(TaskMessages.ToMessage(reply, adopt.Id));
            }
            finally
            {
                adoption.Done(request);
            }
        }
    }
}
