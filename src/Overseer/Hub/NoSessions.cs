using Overseer.Protocols.V2;

namespace Overseer.Hub;

/// <summary>The sessions of a server without a hub.</summary>
internal sealed class NoSessions : ISessionList
{
    public static NoSessions Instance { get; } = new();

    public IReadOnlyList<SessionInfo> List(bool ended) => [];

    public SessionInfo? Find(string taskId) => null;
}
