using System.Text.Json;
using Overseer.Protocols.Json;

namespace Overseer.Protocols.Schema;

/// <summary>What a value is on the wire: its name in descriptions of the protocol and how an error calls it.</summary>
internal abstract class WireType(string name, string expectation)
{
    /// <summary>The type's name in descriptions: <c>string</c>, <c>integer</c>, <c>TaskInfo</c>, …</summary>
    public string Name { get; } = name;

    /// <summary>What it is for programs that draw forms: one of <c>string integer boolean object array map enum uuid timestamp duration</c>.</summary>
    public virtual string Kind => Name;

    /// <summary>One sentence about a type with a name of its own (an object, a choice of words); null for the others.</summary>
    public virtual string? Description => null;

    /// <summary>Completes the sentence <c>FIELD must be …</c>.</summary>
    public string Expectation { get; } = expectation;

    /// <summary>What the items of an array or the values of a map are; null for other types.</summary>
    public virtual WireType? Item => null;

    /// <summary>The words a value is one of; empty for other types.</summary>
    public virtual IReadOnlyList<string> Words => [];

    /// <summary>The fields of an object; empty for other types.</summary>
    public virtual IReadOnlyList<Field> Fields => [];

    protected ReadProblem WrongType() => new("{0} must be " + Expectation);
}

/// <summary>A wire type whose values are <typeparamref name="T"/> here; immutable, usable from any thread.</summary>
internal abstract class WireType<T>(string name, string expectation) : WireType(name, expectation)
    where T : notnull
{
    /// <summary>Reads the value whose first token the reader is on and leaves it on the value's last token.
    /// After a problem the reader's place means nothing.</summary>
    public abstract ReadProblem? Read(ref Utf8JsonReader reader, out T value);

    public abstract void Write(ref JsonOutput output, T value);

    /// <summary>Whether this value says the same as leaving the field out.</summary>
    public virtual bool MeansAbsent(T value) => false;
}
