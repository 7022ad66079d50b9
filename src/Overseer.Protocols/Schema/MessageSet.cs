using System.Collections.Frozen;

namespace Overseer.Protocols.Schema;

/// <summary>The messages of one direction, by name.</summary>
internal sealed class MessageSet<TBase>(params MessageDefinition<TBase>[] definitions)
    where TBase : class
{
    private readonly FrozenDictionary<string, MessageDefinition<TBase>> _byName = definitions.ToFrozenDictionary(d => d.Name, StringComparer.Ordinal);

    public IReadOnlyList<MessageDefinition<TBase>> All => definitions;

    public MessageDefinition<TBase>? Find(string name) => _byName.GetValueOrDefault(name);
}
