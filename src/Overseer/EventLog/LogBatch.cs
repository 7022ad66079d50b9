using System.Buffers;

namespace Overseer.EventLog;

/// <summary>Lines that go into the log together, and the tasks they bring further.</summary>
internal sealed class LogBatch
{
    /// <summary>Bytes above which a batch is full.</summary>
    public const int EnoughBytes = 256 << 10;

    private const int KeptBytes = 4 << 20;
    private const int EnoughTasks = 1024;

    private readonly List<LoggedTask> _tasks = [];

    /// <summary>The lines.</summary>
    public ArrayBufferWriter<byte> Lines { get; private set; } = new(EnoughBytes * 2);

    /// <summary>The tasks.</summary>
    public IReadOnlyList<LoggedTask> Tasks => _tasks;

    /// <summary>Whether there is nothing to write.</summary>
    public bool IsEmpty => _tasks.Count == 0 && Lines.WrittenCount == 0;

    /// <summary>Whether more should wait for the next one.</summary>
    public bool IsFull => Lines.WrittenCount >= EnoughBytes || _tasks.Count >= EnoughTasks;

    /// <summary>A task is further than before.</summary>
    public void Touch(LoggedTask task)
    {
        if (!task.Touched)
        {
            task.Touched = true;
            _tasks.Add(task);
        }
    }

    /// <summary>Begins the next one.</summary>
    public void Clear()
    {
        _tasks.ForEach(task => task.Touched = false);
        _tasks.Clear();
        if (Lines.Capacity > KeptBytes)
        {
            Lines = new ArrayBufferWriter<byte>(EnoughBytes * 2);
        }

        Lines.ResetWrittenCount();
    }
}
