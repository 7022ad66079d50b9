using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Changes a pool until the configuration is read again.</summary>
/// <param name="Id"><inheritdoc cref="ClientMessage(string)" path="/param[@name='Id']"/></param>
public sealed record SetPoolMessage(string Id) : ClientMessage(Id)
{
    private static readonly RequiredField<SetPoolMessage, string> RequestId = IdField<SetPoolMessage>();
    private static readonly OptionalField<SetPoolMessage, string> ActionField =
        new("action", WireTypes.Identifier, m => m.Action, "The pool of this action; without it, the pool of all tasks together.");
    private static readonly OptionalValueField<SetPoolMessage, int> SizeField =
        new("size", WireTypes.Count, m => m.Size, "How many tasks may run; 0 for any number.");
    private static readonly OptionalValueField<SetPoolMessage, int> LimitField = new("limit", WireTypes.Count, m => m.Limit, "Another name of size.");
    private static readonly OptionalValueField<SetPoolMessage, int> QueueSizeField =
        new("queue_size", WireTypes.Count, m => m.QueueSize, "How many tasks may wait; 0 for none.");
    private static readonly OptionalField<SetPoolMessage, ExcessChange> ExcessField =
        new("excess", ExcessChange.Schema, m => m.Excess, "What becomes of running tasks above a lowered limit.") { UiHint = "json-editor" };

    internal static readonly MessageDefinition<ClientMessage> Schema = Define<SetPoolMessage>(
        "set_pool", "Changes a pool until the configuration is read again; what is left out stays as it is.",
        [RequestId, ActionField, SizeField, LimitField, QueueSizeField, ExcessField],
        f => new SetPoolMessage(f.Get(RequestId))
        {
            Action = f.Get(ActionField),
            Size = f.Get(SizeField),
            Limit = f.Get(LimitField),
            QueueSize = f.Get(QueueSizeField),
            Excess = f.Get(ExcessField),
        },
        m => m.Size is { } size && m.Limit is { } limit && size != limit ? "size and limit are the same setting and differ" : null);

    /// <summary>The pool of this action; without it, the pool of all tasks together.</summary>
    public string? Action { get; init; }

    /// <summary>How many tasks may run; 0 for any number.</summary>
    public int? Size { get; init; }

    /// <summary>Another name of size.</summary>
    public int? Limit { get; init; }

    /// <summary>How many tasks may wait; 0 for none.</summary>
    public int? QueueSize { get; init; }

    /// <summary>What becomes of running tasks above a lowered limit.</summary>
    public ExcessChange? Excess { get; init; }

    internal override MessageDefinition<ClientMessage> Definition => Schema;
}
