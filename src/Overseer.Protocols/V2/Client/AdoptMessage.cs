using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>Makes a process, or a container, a task that somebody else started.</summary>
/// <param name="Id"><inheritdoc cref="ClientMessage(string)" path="/param[@name='Id']"/></param>
public sealed record AdoptMessage(string Id) : ClientMessage(Id)
{
    private static readonly RequiredField<AdoptMessage, string> RequestId = IdField<AdoptMessage>();
    private static readonly OptionalValueField<AdoptMessage, int> PidField = new("pid", WireTypes.Positive, m => m.Pid, "The process; or container.");
    private static readonly OptionalField<AdoptMessage, string> ContainerField =
        new("container", WireTypes.Text, m => m.Container, "The name or id of a container that runs, instead of pid.");
    private static readonly OptionalField<AdoptMessage, string> EngineField =
        new("engine", WireTypes.Text, m => m.Engine, "The UNIX socket of the container's engine; the server's default when it is left out.");
    private static readonly OptionalField<AdoptMessage, string> NameField = new("name", WireTypes.Identifier, m => m.Name, "A name that no other task has.");
    private static readonly OptionalField<AdoptMessage, IReadOnlyList<string>> TagsField = new("tags", WireTypes.Texts, m => m.Tags, "Its tags.");
    private static readonly OptionalField<AdoptMessage, IReadOnlyList<string>> GroupsField = new("groups", WireTypes.Texts, m => m.Groups, "Its groups.");

    internal static readonly MessageDefinition<ClientMessage> Schema = Define<AdoptMessage>(
        "adopt", "Makes a process, or a container, a task that somebody else started: it is watched, can be stopped, and is listed with all others.",
        [RequestId, PidField, ContainerField, EngineField, NameField, TagsField, GroupsField],
        f => new AdoptMessage(f.Get(RequestId))
        {
            Pid = f.Get(PidField),
            Container = f.Get(ContainerField),
            Engine = f.Get(EngineField),
            Name = f.Get(NameField),
            Tags = f.Get(TagsField),
            Groups = f.Get(GroupsField),
        },
        Problem);

    /// <summary>The process; or <see cref="Container"/>.</summary>
    public int? Pid { get; init; }

    /// <summary>The name or id of a container that runs, instead of <see cref="Pid"/>.</summary>
    public string? Container { get; init; }

    /// <summary>The UNIX socket of the container's engine; the server's default when it is left out.</summary>
    public string? Engine { get; init; }

    /// <summary>A name that no other task has.</summary>
    public string? Name { get; init; }

    /// <summary>Its tags.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Its groups.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    internal override MessageDefinition<ClientMessage> Definition => Schema;

    private static string? Problem(AdoptMessage adopt) => adopt switch
    {
        { Pid: null, Container: null or "" } => "pid is required",
        { Pid: not null, Container: not null } => "pid and container exclude each other",
        { Engine: not null, Container: null } => "engine is for a container alone",
        _ => null,
    };
}
