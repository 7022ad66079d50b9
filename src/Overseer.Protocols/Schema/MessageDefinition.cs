using System.Text;
using System.Text.Json;
using Overseer.Protocols.Json;

namespace Overseer.Protocols.Schema;

/// <summary>The one definition of a message, of which reader, writer and descriptions of the protocol are made.</summary>
internal abstract class MessageDefinition(string name, MessageDirection direction, MessageDelivery delivery, string description)
{
    /// <summary>The value of <c>type</c>.</summary>
    public string Name { get; } = name;

    public MessageDirection Direction { get; } = direction;

    public MessageDelivery Delivery { get; } = delivery;

    public string Description { get; } = description;

    /// <summary>All fields but <c>type</c>, in the order in which they are written.</summary>
    public abstract IReadOnlyList<Field> Fields { get; }
}

/// <summary>A definition by what can be done with it.</summary>
/// <typeparam name="TBase">All messages of its direction.</typeparam>
internal abstract class MessageDefinition<TBase>(string name, MessageDirection direction, MessageDelivery delivery, string description)
    : MessageDefinition(name, direction, delivery, description)
    where TBase : class
{
    public abstract ReadProblem? Read(ref Utf8JsonReader reader, out TBase? message);

    public abstract void Write(ref JsonOutput output, TBase message);
}

/// <summary>A definition of the message that is <typeparamref name="T"/> here.</summary>
internal sealed class MessageDefinition<TBase, T>(ObjectType<T> body, MessageDirection direction, MessageDelivery delivery)
    : MessageDefinition<TBase>(body.Name, direction, delivery, body.Description)
    where TBase : class
    where T : class, TBase
{
    private readonly byte[] _beginning = Encoding.UTF8.GetBytes($"{{\"type\":\"{body.Name}\"");

    public override IReadOnlyList<Field> Fields => body.Fields;

    public override ReadProblem? Read(ref Utf8JsonReader reader, out TBase? message)
    {
        var problem = body.Read(ref reader, out var read);
        message = problem is null ? read : null;
        return problem;
    }

    public override void Write(ref JsonOutput output, TBase message)
    {
        output.Raw(_beginning);
        body.WriteFields(ref output, (T)message);
        output.Raw((byte)'}');
    }
}
