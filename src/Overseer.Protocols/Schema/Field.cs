using System.Text;
using System.Text.Json;
using Overseer.Protocols.Json;

namespace Overseer.Protocols.Schema;

/// <summary>One field of an object on the wire: what descriptions of the protocol need to know.</summary>
internal abstract class Field(string name, WireType type, bool required, string description)
{
    public string Name { get; } = name;

    public WireType Type { get; } = type;

    public bool Required { get; } = required;

    public string Description { get; } = description;

    /// <summary>The value that leaving the field out means, as JSON; null when there is none.</summary>
    public string? Default { get; init; }

    /// <summary>How a form shows the field: <c>hidden</c>, <c>textarea</c>, <c>json-editor</c> or <c>password</c>; null for as its type is.</summary>
    public string? UiHint { get; init; }

    /// <summary>The field's place in its object, given by the <see cref="ObjectType{T}"/>.</summary>
    public int Index { get; set; } = -1;

    public byte[] NameUtf8 { get; } = Encoding.UTF8.GetBytes(name);

    /// <summary>The field's name as it follows another field.</summary>
    protected byte[] Label { get; } = Encoding.UTF8.GetBytes($",\"{name}\":");
}

/// <summary>A field of <typeparamref name="TOwner"/>: how it is read into <see cref="FieldValues"/> and written from its owner.</summary>
internal abstract class Field<TOwner>(string name, WireType type, bool required, string description) : Field(name, type, required, description)
{
    public abstract ReadProblem? Read(ref Utf8JsonReader reader, FieldValues values);

    /// <summary>Writes <c>,"name":value</c>, or nothing when the field is not set.</summary>
    public abstract void Write(ref JsonOutput output, TOwner owner);
}
