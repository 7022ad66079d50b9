namespace Overseer.Core.Pools;

/// <summary>What a task has of its pools.</summary>
internal enum TicketState
{
    /// <summary>Nothing.</summary>
    Out,

    /// <summary>It waits for a place.</summary>
    Waiting,

    /// <summary>It has one.</summary>
    Holding,
}
