using Overseer.Protocols.Schema;
using Overseer.Protocols.V2;

namespace Overseer.Protocols.Classic;

/// <summary>What v0 clients get in answer to <c>list</c>.</summary>
public sealed record WorkersMessage : ServerMessage
{
    private static readonly ListType<WorkerInfo> WorkerListType = new(WorkerInfo.Schema);
    private static readonly RequiredField<WorkersMessage, IReadOnlyList<WorkerInfo>> WorkersField = new("workers", WorkerListType, m => m.Workers, "The processes.");
    private static readonly RequiredField<WorkersMessage, string> IdField = new("id", WireTypes.Text, m => m.Id, "The id of the request; empty when it had none.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<WorkersMessage>(
        "workers", MessageDelivery.Direct, "The processes that list asked for, in the order in which their tasks were first started.",
        [WorkersField, IdField],
        f => new WorkersMessage
        {
            Workers = f.Get(WorkersField),
            Id = f.Get(IdField),
        });

    /// <summary>The processes.</summary>
    public required IReadOnlyList<WorkerInfo> Workers { get; init; }

    /// <summary>The id of the request; empty when it had none.</summary>
    public required string Id { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
