using System.Text.Json;
using Overseer.Protocols.Json;

namespace Overseer.Protocols.Schema;

/// <summary>An object on the wire and the record it is here. Fields are written in the order given. When reading: unknown fields are
/// passed over, null counts as absent, a known field that comes twice is refused.</summary>
internal sealed class ObjectType<T> : WireType<T>
    where T : class
{
    private const int MaxFields = 64;
    private readonly Field<T>[] _fields;
    private readonly Func<FieldValues, T> _create;
    private readonly Func<T, string?>? _check;
    private readonly Func<T, KeptJson>? _kept;

    /// <summary>Makes the type.</summary>
    /// <param name="name">The type's name in descriptions.</param>
    /// <param name="description">What it is, one sentence.</param>
    /// <param name="fields">In the order in which they are written.</param>
    /// <param name="create">Makes the record of what was read; required fields are there.</param>
    /// <param name="check">What single fields cannot say: an error sentence, or null.</param>
    /// <param name="kept">What an object was written as, if that is kept.</param>
    public ObjectType(string name, string description, Field<T>[] fields, Func<FieldValues, T> create, Func<T, string?>? check = null, Func<T, KeptJson>? kept = null)
        : base(name, "an object")
    {
        if (fields.Length > MaxFields)
            throw new ArgumentException($"{name} has more than {MaxFields} fields", nameof(fields));
        for (int i = 0; i < fields.Length; i++)
            fields[i].Index = i;
        Description = description;
        _fields = fields;
        _create = create;
        _check = check;
        _kept = kept;
    }

    public override string Kind => "object";

    public override string Description { get; }

    public override IReadOnlyList<Field> Fields => _fields;

    public override ReadProblem? Read(ref Utf8JsonReader reader, out T value) => Read(ref reader, optional: null, out value);

    /// <summary>Reads an object in which one required text may be missing: it is empty then.</summary>
    public ReadProblem? Read(ref Utf8JsonReader reader, RequiredField<T, string>? optional, out T value)
    {
        value = null!;
        if (reader.TokenType != JsonTokenType.StartObject)
            return WrongType();
        var values = new FieldValues(_fields.Length);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var field = Find(ref reader);
            reader.Read();
            if (field is null)
            {
                reader.Skip();
                continue;
            }
            if (!values.See(field.Index))
                return ReadProblem.Twice().InField(field.Name);
            if (reader.TokenType != JsonTokenType.Null && field.Read(ref reader, values) is { } problem)
                return problem.InField(field.Name);
        }
        foreach (var field in _fields)
        {
            if (!field.Required || values[field.Index] is not null)
                continue;
            if (field == optional)
                values[field.Index] = "";
            else
                return ReadProblem.Required().InField(field.Name);
        }
        value = _create(values);
        return _check?.Invoke(value) is { } text ? new ReadProblem(text) : null;
    }

    public override void Write(ref JsonOutput output, T value)
    {
        if (_kept?.Invoke(value).Bytes is { } bytes)
        {
            output.Raw(bytes);
            return;
        }
        output.BeginObject();
        WriteFields(ref output, value);
        output.EndObject();
    }

    /// <summary>Writes each set field but one with a comma before it.</summary>
    public void WriteFields(ref JsonOutput output, T value, Field<T>? except = null)
    {
        foreach (var field in _fields)
        {
            if (field != except)
                field.Write(ref output, value);
        }
    }

    private Field<T>? Find(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped)
            return FindEscaped(ref reader);
        foreach (var field in _fields)
        {
            if (reader.ValueSpan.SequenceEqual(field.NameUtf8))
                return field;
        }
        return null;
    }

    private Field<T>? FindEscaped(ref Utf8JsonReader reader)
    {
        if (!UnicodeText.TryRead(ref reader, out string name))
            return null;
        return Array.Find(_fields, f => f.Name == name);
    }
}
