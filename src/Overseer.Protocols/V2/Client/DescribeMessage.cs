using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Asks what actions there are.</summary>
/// <param name="Id"><inheritdoc cref="ClientMessage(string)" path="/param[@name='Id']"/></param>
public sealed record DescribeMessage(string Id) : ClientMessage(Id)
{
    private static readonly RequiredField<DescribeMessage, string> RequestId = IdField<DescribeMessage>();
    private static readonly OptionalField<DescribeMessage, string> ActionField =
        new("action", WireTypes.Identifier, m => m.Action, "This action only.");

    internal static readonly MessageDefinition<ClientMessage> Schema = Define<DescribeMessage>(
        "describe", "Asks what actions there are and what parameters they take.",
        [RequestId, ActionField],
        f => new DescribeMessage(f.Get(RequestId))
        {
            Action = f.Get(ActionField),
        });

    /// <summary>This action only.</summary>
    public string? Action { get; init; }

    internal override MessageDefinition<ClientMessage> Definition => Schema;
}
