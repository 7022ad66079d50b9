using System.Text.Json;
using Overseer.Protocols.Json;

namespace Overseer.Protocols.Schema;

/// <summary>An array; null is no item.</summary>
internal sealed class ListType<T>(WireType<T> item) : WireType<IReadOnlyList<T>>("array", "an array")
    where T : notnull
{
    public override WireType? Item => item;

    public override ReadProblem? Read(ref Utf8JsonReader reader, out IReadOnlyList<T> value)
    {
        value = [];
        if (reader.TokenType != JsonTokenType.StartArray)
            return WrongType();
        var items = new List<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (item.Read(ref reader, out var read) is { } problem)
                return problem.InItem(items.Count);
            items.Add(read);
        }
        value = items;
        return null;
    }

    public override void Write(ref JsonOutput output, IReadOnlyList<T> value)
    {
        output.Raw((byte)'[');
        for (int i = 0; i < value.Count; i++)
        {
            if (i > 0)
                output.Raw((byte)',');
            item.Write(ref output, value[i]);
        }
        output.Raw((byte)']');
    }
}
