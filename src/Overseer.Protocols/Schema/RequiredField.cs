using System.Text.Json;
using Overseer.Protocols.Json;

namespace Overseer.Protocols.Schema;

/// <summary>A field that is always there.</summary>
internal sealed class RequiredField<TOwner, T>(string name, WireType<T> type, Func<TOwner, T> get, string description)
    : Field<TOwner>(name, type, required: true, description)
    where T : notnull
{
    public T Get(TOwner owner) => get(owner);

    public override ReadProblem? Read(ref Utf8JsonReader reader, FieldValues values)
    {
        var problem = type.Read(ref reader, out var value);
        if (problem is not null)
            return problem;
        if (!type.MeansAbsent(value))
            values[Index] = value;
        return null;
    }

    public override void Write(ref JsonOutput output, TOwner owner)
    {
        output.Label(Label);
        type.Write(ref output, get(owner));
    }
}
