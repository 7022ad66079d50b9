using Overseer.Protocols.V2;

namespace Overseer.Protocols.Classic;

/// <summary>
/// What a connection's client was written for: the protocol as it is (v2), or as one of the older programs spoke it. A classic connection is a v2 connection with the
/// switches below set otherwise; every message of v2 works on it too (PROTOCOLS.md, "v1 and v0"). Immutable.
/// </summary>
public sealed record ProtocolProfile
{
    /// <summary>The subprotocol of v2: whoever asks for it gets that, whatever the server is set to.</summary>
    public const string CurrentSubprotocol = SubprotocolPrefix + "v2";

    private const string SubprotocolPrefix = "overseer.";

    private ProtocolProfile(string name) => Name = name;

    /// <summary>The current protocol.</summary>
    public static ProtocolProfile V2 { get; } = new("v2");

    /// <summary>Clients that know tasks and commands, and hear of all tasks.</summary>
    public static ProtocolProfile V1 { get; } = new("v1") { IsClassic = true, HasIdOnEveryStart = false, TextOf = ClassicTexts.InV1, WritesEmptyId = static _ => false };

    /// <summary>Clients that know processes by their pid.</summary>
    public static ProtocolProfile V0 { get; } = new("v0")
    {
        IsClassic = true,
        ListsWorkers = true,
        TextOf = ClassicTexts.InV0,
        WritesEmptyId = static message => message is StartedMessage or WorkersMessage,
    };

    /// <summary>All there are.</summary>
    public static IReadOnlyList<ProtocolProfile> All { get; } = [V2, V1, V0];

    /// <summary><c>v2</c>, <c>v1</c> or <c>v0</c>.</summary>
    public string Name { get; }

    /// <summary>What a client asks for in <c>Sec-WebSocket-Protocol</c>, and gets back.</summary>
    public string Subprotocol => SubprotocolPrefix + Name;

    /// <summary>
    /// True for v1 and v0: requests need no <c>id</c>, a start without an action is one of a command, and events of all tasks come unasked from the connection's beginning on.
    /// </summary>
    public bool IsClassic { get; private init; }

    /// <summary>Whether <c>list</c> is answered by <c>workers</c>.</summary>
    public bool ListsWorkers { get; private init; }

    /// <summary>Whether a <c>started</c> that answers nobody, or a request without id, has the empty one.</summary>
    internal bool HasIdOnEveryStart { get; private init; } = true;

    /// <summary>Whether an id that nobody gave is written, as the empty text, or left out.</summary>
    internal Func<ServerMessage, bool> WritesEmptyId { get; private init; } = static _ => true;

    private Func<string, string> TextOf { get; init; } = static text => text;

    /// <summary>The profile of this name; null when there is none.</summary>
    public static ProtocolProfile? Find(string name) => All.FirstOrDefault(profile => profile.Name == name);

    /// <summary>The profile of this subprotocol; null when it is none of ours.</summary>
    public static ProtocolProfile? FindBySubprotocol(string subprotocol) => All.FirstOrDefault(profile => profile.Subprotocol == subprotocol);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>A message as this profile's clients know it: the texts of errors are theirs.</summary>
    internal ServerMessage Phrase(ServerMessage message) => message is ErrorMessage error ? error with { Message = TextOf(error.Message) } : message;
}
