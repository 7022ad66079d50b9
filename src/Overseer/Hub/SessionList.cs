using Overseer.Core.Tasks;
using Overseer.Protocols.V2;

namespace Overseer.Hub;

/// <summary>The sessions as clients of the overseer protocol see them. Thread-safe.</summary>
/// <param name="engine">Knows all tasks.</param>
/// <param name="sessions">Knows more of the open ones.</param>
internal sealed class SessionList(TaskEngine engine, SessionDirectory sessions) : ISessionList
{
    private static readonly TaskFilter OfSessions = new() { Origin = TaskOrigin.Session };

    /// <inheritdoc/>
    public IReadOnlyList<SessionInfo> List(bool ended) =>
        [.. engine.List(OfSessions).Where(task => ended || task.Phase != TaskPhase.Ended).Select(sessions.Describe).OfType<SessionView>().Select(ToInfo)];

    /// <inheritdoc/>
    public SessionInfo? Find(string taskId) => engine.Find(taskId) is { } task && sessions.Describe(task) is { } view ? ToInfo(view) : null;

    private static SessionInfo ToInfo(SessionView view) => new()
    {
        TaskId = view.ContainerId,
        IsOpen = view.IsOpen,
        IsConnected = view.Producers > 0,
        Status = view.Status,
        FirstSeen = view.FirstSeen,
        LastSeen = view.LastSeen,
        Messages = view.Messages,
        ExitCode = view.ExitCode,
    };
}
