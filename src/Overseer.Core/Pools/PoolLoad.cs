namespace Overseer.Core.Pools;

/// <summary>How much an action's pool has to do at one moment.</summary>
/// <param name="Action">The action.</param>
/// <param name="Running">Tasks that hold a place: they run, or are about to, or wait for a restart.</param>
/// <param name="Waiting">Tasks that wait in the queue.</param>
internal readonly record struct PoolLoad(string Action, int Running, int Waiting);
