using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>What the processes of tasks use.</summary>
public sealed record ProcessesResponse : ServerMessage
{
    private static readonly ListType<ProcessInfo> ProcessListType = new(ProcessInfo.Schema);
    private static readonly RequiredField<ProcessesResponse, IReadOnlyList<ProcessInfo>> ProcessesField =
        new("processes", ProcessListType, m => m.Processes, "One for each task that has a process, by the task's number.");
    private static readonly RequiredField<ProcessesResponse, string> IdField = new("id", WireTypes.Text, m => m.Id, "The id of the request.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<ProcessesResponse>(
        "processes", MessageDelivery.Direct, "What the processes that were asked for use.",
        [ProcessesField, IdField],
        f => new ProcessesResponse
        {
            Processes = f.Get(ProcessesField),
            Id = f.Get(IdField),
        });

    /// <summary>One for each task that has a process, by the task's number.</summary>
    public required IReadOnlyList<ProcessInfo> Processes { get; init; }

    /// <summary>The id of the request.</summary>
    public required string Id { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
