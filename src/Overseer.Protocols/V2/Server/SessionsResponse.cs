using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>The sessions that were asked for.</summary>
public sealed record SessionsResponse : ServerMessage
{
    private static readonly ListType<SessionInfo> SessionListType = new(SessionInfo.Schema);
    private static readonly RequiredField<SessionsResponse, IReadOnlyList<SessionInfo>> SessionsField =
        new("sessions", SessionListType, m => m.Sessions, "The sessions, by the number of their task.");
    private static readonly RequiredField<SessionsResponse, string> IdField = new("id", WireTypes.Text, m => m.Id, "The id of the request.");

    internal static readonly MessageDefinition<ServerMessage> Schema = Define<SessionsResponse>(
        "sessions", MessageDelivery.Direct, "The sessions that were asked for.",
        [SessionsField, IdField],
        f => new SessionsResponse
        {
            Sessions = f.Get(SessionsField),
            Id = f.Get(IdField),
        });

    /// <summary>The sessions, by the number of their task.</summary>
    public required IReadOnlyList<SessionInfo> Sessions { get; init; }

    /// <summary>The id of the request.</summary>
    public required string Id { get; init; }

    internal override MessageDefinition<ServerMessage> Definition => Schema;
}
