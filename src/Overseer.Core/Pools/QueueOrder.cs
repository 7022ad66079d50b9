namespace Overseer.Core.Pools;

/// <summary>Which of several tasks comes first.</summary>
public enum QueueOrder
{
    /// <summary>The one that waits, or runs, longest.</summary>
    First,

    /// <summary>The latest.</summary>
    Last,
}
