namespace Overseer.Recorder.Journal;

/// <summary>What a journal entry says.</summary>
public enum EntryKind : byte
{
    /// <summary>No entry.</summary>
    None = 0,

    /// <summary>One line of output, or a part of an over-long one.</summary>
    Line,

    /// <summary>A run began.</summary>
    Started,

    /// <summary>A run's process ended.</summary>
    Exited,

    /// <summary>Something is missing here.</summary>
    Gap,
}
