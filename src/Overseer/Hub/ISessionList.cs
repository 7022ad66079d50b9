using Overseer.Protocols.V2;

namespace Overseer.Hub;

/// <summary>Who knows the sessions: the hub, or nobody where there is none.</summary>
internal interface ISessionList
{
    /// <summary>The sessions at this moment, by the number of their task. Called by connections on any thread; may take long for nobody but them.</summary>
    /// <param name="ended">Also those that have ended, as long as their tasks are kept.</param>
    IReadOnlyList<SessionInfo> List(bool ended);

    /// <summary>One session, open or ended; null when the task is no session, or unknown.</summary>
    SessionInfo? Find(string taskId);
}
