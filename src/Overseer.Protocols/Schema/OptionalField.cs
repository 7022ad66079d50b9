using System.Text.Json;
using Overseer.Protocols.Json;

namespace Overseer.Protocols.Schema;

/// <summary>A field that is left out when it is null, and written when it is set, also to <c>""</c> or <c>{}</c>.</summary>
internal sealed class OptionalField<TOwner, T>(string name, WireType<T> type, Func<TOwner, T?> get, string description)
    : Field<TOwner>(name, type, required: false, description)
    where T : class
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
