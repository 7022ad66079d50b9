namespace Overseer.Core.Pools;

/// <summary>What becomes of running tasks above a lowered limit.</summary>
public enum ExcessAction
{
    /// <summary>They are stopped.</summary>
    Stop,

    /// <summary>They are stopped and put back into the queue, before those that have not run yet.</summary>
    Requeue,
}
