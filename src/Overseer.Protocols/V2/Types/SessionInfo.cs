using Overseer.Protocols.Schema;

namespace Overseer.Protocols.V2;

/// <summary>What a container has reported to the hub, in short.</summary>
public sealed record SessionInfo
{
    private static readonly RequiredField<SessionInfo, string> TaskIdField =
        new("task_id", WireTypes.TaskIdText, m => m.TaskId, "The id of its task: the container's.");
    private static readonly RequiredField<SessionInfo, bool> OpenField =
        new("open", WireTypes.Boolean, m => m.IsOpen, "Whether it goes on. A later message of the container opens an ended one again.");
    private static readonly RequiredField<SessionInfo, bool> ConnectedField =
        new("connected", WireTypes.Boolean, m => m.IsConnected, "Whether the container is connected now.");
    private static readonly OptionalField<SessionInfo, string> StatusField =
        new("status", WireTypes.Text, m => m.Status, "The latest status that the container has reported.");
    private static readonly RequiredField<SessionInfo, DateTimeOffset> FirstSeenField =
        new("first_seen", WireTypes.Timestamp, m => m.FirstSeen, "When its first message came.");
    private static readonly RequiredField<SessionInfo, DateTimeOffset> LastSeenField =
        new("last_seen", WireTypes.Timestamp, m => m.LastSeen, "When its latest message came.");
    private static readonly RequiredField<SessionInfo, long> MessagesField =
        new("messages", WireTypes.LongCount, m => m.Messages, "How many messages it has sent that are kept; heartbeats are not.");
    private static readonly OptionalValueField<SessionInfo, int> ExitCodeField =
        new("exit_code", WireTypes.Integer, m => m.ExitCode, "The exit code of an ended one; -1 when it fell silent.");

    internal static readonly ObjectType<SessionInfo> Schema = new(
        "SessionInfo", "What a container has reported to the hub, in short.",
        [TaskIdField, OpenField, ConnectedField, StatusField, FirstSeenField, LastSeenField, MessagesField, ExitCodeField],
        f => new SessionInfo
        {
            TaskId = f.Get(TaskIdField),
            IsOpen = f.Get(OpenField),
            IsConnected = f.Get(ConnectedField),
            Status = f.Get(StatusField),
            FirstSeen = f.Get(FirstSeenField),
            LastSeen = f.Get(LastSeenField),
            Messages = f.Get(MessagesField),
            ExitCode = f.Get(ExitCodeField),
        });

    /// <summary>The id of its task: the container's.</summary>
    public required string TaskId { get; init; }

    /// <summary>Whether it goes on. A later message of the container opens an ended one again.</summary>
    public required bool IsOpen { get; init; }

    /// <summary>Whether the container is connected now.</summary>
    public required bool IsConnected { get; init; }

    /// <summary>The latest status that the container has reported.</summary>
    public string? Status { get; init; }

    /// <summary>When its first message came.</summary>
    public required DateTimeOffset FirstSeen { get; init; }

    /// <summary>When its latest message came.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>How many messages it has sent that are kept; heartbeats are not.</summary>
    public required long Messages { get; init; }

    /// <summary>The exit code of an ended one; -1 when it fell silent.</summary>
    public int? ExitCode { get; init; }
}
