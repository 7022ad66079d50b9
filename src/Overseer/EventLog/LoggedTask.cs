using Overseer.Streams;

namespace Overseer.EventLog;

/// <summary>One task as the event log follows it. Belongs to the log's thread, but for <see cref="Ready"/>.</summary>
internal sealed class LoggedTask(string taskId, int slot, Action<LoggedTask> ready) : IStreamListener
{
    private readonly Queue<ControlRecord> _waiting = new();

    /// <summary>The task.</summary>
    public string TaskId { get; } = taskId;

    /// <summary>Where its place is kept.</summary>
    public int Slot { get; } = slot;

    /// <summary>Its cursor; none while the journal cannot be read.</summary>
    public StreamCursor? Cursor { get; set; }

    /// <summary>Directly after the last event of the journal that was taken; none before the first.</summary>
    public StreamPlace? Place { get; set; }

    /// <summary>The end of the last of the engine's events that was taken or passed over.</summary>
    public long Heard { get; set; }

    /// <summary>The last start or exit that was taken.</summary>
    public LogMark Mark { get; set; }

    /// <summary>Whether the engine's own record of that mark was there: then what follows the mark is there too.</summary>
    public bool MarkWasHeard { get; set; }

    /// <summary>True once the task is forgotten, until nothing of it can be heard any more.</summary>
    public bool Gone { get; set; }

    /// <summary>Whether the batch that is being gathered changes it.</summary>
    public bool Touched { get; set; }

    /// <summary>Whether it was said that its journal cannot be read.</summary>
    public bool SaidUnreadable { get; set; }

    /// <summary>The engine's events that wait for a start or an exit of the journal: the first is one.</summary>
    public Queue<ControlRecord> Waiting => _waiting;

    /// <inheritdoc/>
    public void Ready(StreamCursor cursor) => ready(this);

    /// <summary>What is to be kept of it.</summary>
    public LogPlace ToPlace() => new()
    {
        Slot = Slot,
        TaskId = TaskId,
        Journal = Place?.Directory is { } directory ? Guid.ParseExact(Path.GetFileName(directory), "N") : Guid.Empty,
        Position = Place?.Position ?? default,
        NextLine = Place?.NextLine ?? 1,
        NextSeq = Place?.NextSeq ?? 0,
        Heard = Heard,
        Mark = Mark,
        Gone = Gone,
    };
}
