using System.Text.Json;
using Overseer.Protocols.Json;

namespace Overseer.Protocols.Schema;

/// <summary>An object whose keys are free and whose values are all of one type; a key that comes twice is refused.</summary>
/// <param name="item">What each value is.</param>
/// <param name="nullable">Whether a value may be null; it is then a null reference here too.</param>
internal sealed class MapType<T>(WireType<T> item, bool nullable = false) : WireType<IReadOnlyDictionary<string, T>>("map", "an object")
    where T : class
{
    public override WireType? Item => item;

    public bool Nullable => nullable;

    public override ReadProblem? Read(ref Utf8JsonReader reader, out IReadOnlyDictionary<string, T> value)
    {
        var entries = new Dictionary<string, T>(StringComparer.Ordinal);
        value = entries;
        if (reader.TokenType != JsonTokenType.StartObject)
            return WrongType();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (!UnicodeText.TryRead(ref reader, out string key))
                return new ReadProblem("{0} must have keys of whole Unicode characters");
            reader.Read();
            T entry = null!;
            if (!(nullable && reader.TokenType == JsonTokenType.Null) && item.Read(ref reader, out entry) is { } problem)
                return problem.InField(key);
            if (!entries.TryAdd(key, entry))
                return ReadProblem.Twice().InField(key);
        }
        return null;
    }

    public override void Write(ref JsonOutput output, IReadOnlyDictionary<string, T> value)
    {
        output.Raw((byte)'{');
        bool first = true;
        if (value is Dictionary<string, T> dictionary) // its enumerator costs nothing, unlike the interface's
        {
            foreach (var (key, entry) in dictionary)
                WriteEntry(ref output, key, entry, ref first);
        }
        else
        {
            foreach (var (key, entry) in value)
                WriteEntry(ref output, key, entry, ref first);
        }
        output.Raw((byte)'}');
    }

    private void WriteEntry(ref JsonOutput output, string key, T? entry, ref bool first)
    {
        if (!first)
            output.Raw((byte)',');
        first = false;
        output.Text(key);
        output.Raw((byte)':');
        if (entry is null)
            output.Raw("null"u8);
        else
            item.Write(ref output, entry);
    }
}
