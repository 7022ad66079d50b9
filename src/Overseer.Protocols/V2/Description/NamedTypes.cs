using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>The types with a name of their own, objects and choices of words: all that messages hold, however deep.</summary>
internal static class NamedTypes
{
    /// <summary>The types, by name.</summary>
    public static IReadOnlyDictionary<string, WireType> All { get; } = Find();

    /// <summary>Whether descriptions refer to the type instead of repeating it.</summary>
    public static bool IsNamed(WireType type) => type.Fields.Count > 0 || type.Words.Count > 0;

    private static SortedDictionary<string, WireType> Find()
    {
        var found = new SortedDictionary<string, WireType>(StringComparer.Ordinal);
        foreach (var message in ProtocolCatalog.All)
            Add(message.Fields);
        return found;

        void Add(IReadOnlyList<Field> fields)
        {
            foreach (var field in fields)
                AddType(field.Type);
        }

        void AddType(WireType type)
        {
            if (type.Item is { } item)
                AddType(item);
            if (!IsNamed(type))
                return;
            if (found.TryAdd(type.Name, type))
                Add(type.Fields);
            else if (found[type.Name] != type)
                throw new InvalidOperationException($"two types are named {type.Name}");
        }
    }
}
