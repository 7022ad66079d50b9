using System.Text.Json;
using Overseer.Protocols.Json;

namespace Overseer.Protocols.Schema;

/// <summary>As <see cref="OptionalField{TOwner, T}"/>, for value types: written when set, also to 0 or false.</summary>
internal sealed class OptionalValueField<TOwner, T>(string name, WireType<T> type, Func<TOwner, T?> get, string description)
    : Field<TOwner>(name, type, required: false, description)
    where T : struct
{
    public override ReadProblem? Read(ref Utf8JsonReader reader, FieldValues values)
    {
        var problem = type.Read(ref reader, out var value);
        if (problem is null && !type.MeansAbsent(value))
            values[Index] = value;
        return problem;
    }

    public override void Write(ref JsonOutput output, TOwner owner)
    {
        if (get(owner) is not { } value)
            return;
        output.Label(Label);
        type.Write(ref output, value);
    }
}
