using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Makes a process a task that somebody else started.</summary>
/// <param name="Id"><inheritdoc cref="ClientMessage(string)" path="/param[@name='Id']"/></param>
public sealed record AdoptMessage(string Id) : ClientMessage(Id)
{
    private static readonly RequiredField<AdoptMessage, string> RequestId = IdField<AdoptMessage>();
    private static readonly RequiredField<AdoptMessage, int> PidField = new("pid", WireTypes.Positive, m => m.Pid, "The process.");
    private static readonly OptionalField<AdoptMessage, string> NameField = new("name", WireTypes.Identifier, m => m.Name, "A name that no other task has.");
    private static readonly OptionalField<AdoptMessage, IReadOnlyList<string>> TagsField = new("tags", WireTypes.Texts, m => m.Tags, "Its tags.");
    private static readonly OptionalField<AdoptMessage, IReadOnlyList<string>> GroupsField = new("groups", WireTypes.Texts, m => m.Groups, "Its groups.");

    internal static readonly MessageDefinition<ClientMessage> Schema = Define<AdoptMessage>(
        "adopt", "Makes a process a task that somebody else started: it is watched, can be stopped, and is listed with all others.",
        [RequestId, PidField, NameField, TagsField, GroupsField],
        f => new AdoptMessage(f.Get(RequestId))
        {
            Pid = f.Get(PidField),
            Name = f.Get(NameField),
            Tags = f.Get(TagsField),
            Groups = f.Get(GroupsField),
        });

    /// <summary>The process.</summary>
    public required int Pid { get; init; }

    /// <summary>A name that no other task has.</summary>
    public string? Name { get; init; }

    /// <summary>Its tags.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Its groups.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    internal override MessageDefinition<ClientMessage> Definition => Schema;
}
