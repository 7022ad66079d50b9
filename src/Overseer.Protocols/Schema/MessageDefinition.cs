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
    /// <summary>Reads a message.</summary>
    /// <param name="reader">On its first token.</param>
    /// <param name="needsId">Whether it must have an <c>id</c>; if not, one that is missing is the empty text.</param>
    /// <param name="message">The message; null when there is a problem.</param>
    public abstract ReadProblem? Read(ref Utf8JsonReader reader, bool needsId, out TBase? message);

    /// <summary>Writes a message.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="message">The message.</param>
    /// <param name="writesEmptyId">Whether an <c>id</c> that is the empty text is written, or left out.</param>
    public abstract void Write(ref JsonOutput output, TBase message, bool writesEmptyId);
}

/// <summary>A definition of the message that is <typeparamref name="T"/> here.</summary>
internal sealed class MessageDefinition<TBase, T>(ObjectType<T> body, MessageDirection direction, MessageDelivery delivery)
    : MessageDefinition<TBase>(body.Name, direction, delivery, body.Description)
    where TBase : class
    where T : class, TBase
{
    private readonly RequiredField<T, string>? _id = body.Fields.OfType<RequiredField<T, string>>().FirstOrDefault(field => field.Name == "id");
    private readonly byte[] _beginning = Encoding.UTF8.GetBytes($"{{\"type\":\"{body.Name}\"");

    public override IReadOnlyList<Field> Fields => body.Fields;

    public override ReadProblem? Read(ref Utf8JsonReader reader, bool needsId, out TBase? message)
    {
        var problem = body.Read(ref reader, needsId ? null : _id, out var read);
        message = problem is null ? read : null;
        return problem;
    }

    public override void Write(ref JsonOutput output, TBase message, bool writesEmptyId)
    {
        output.Raw(_beginning);
        var value = (T)message;
        body.WriteFields(ref output, value, !writesEmptyId && _id?.Get(value).Length == 0 ? _id : null);
        output.Raw((byte)'}');
    }
}
