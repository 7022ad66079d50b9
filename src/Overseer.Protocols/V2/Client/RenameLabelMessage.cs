using Overseer.Core.Registry;
using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Renames a tag or group.</summary>
/// <param name="Id"><inheritdoc cref="ClientMessage(string)" path="/param[@name='Id']"/></param>
public sealed record RenameLabelMessage(string Id) : ClientMessage(Id)
{
    private static readonly RequiredField<RenameLabelMessage, string> RequestId = IdField<RenameLabelMessage>();
    private static readonly RequiredField<RenameLabelMessage, LabelKind> KindField = new("kind", CoreTypes.LabelKind, m => m.Kind, "Which of the two.");
    private static readonly RequiredField<RenameLabelMessage, string> FromField = new("from", WireTypes.Identifier, m => m.From, "What it is called.");
    private static readonly RequiredField<RenameLabelMessage, string> ToField = new("to", WireTypes.Identifier, m => m.To, "What it is to be called.");

    internal static readonly MessageDefinition<ClientMessage> Schema = Define<RenameLabelMessage>(
        "rename_label", "Renames a tag or group on every task that has it, at once.",
        [RequestId, KindField, FromField, ToField],
        f => new RenameLabelMessage(f.Get(RequestId))
        {
            Kind = f.Get(KindField),
            From = f.Get(FromField),
            To = f.Get(ToField),
        });

    /// <summary>Which of the two.</summary>
    public required LabelKind Kind { get; init; }

    /// <summary>What it is called.</summary>
    public required string From { get; init; }

    /// <summary>What it is to be called.</summary>
    public required string To { get; init; }

    internal override MessageDefinition<ClientMessage> Definition => Schema;
}
