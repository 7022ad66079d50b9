using Overseer.Core.Pools;

namespace Overseer.Core.Tasks;

/// <summary>A pool that is otherwise than it was.</summary>
/// <param name="Action">Whose; unset for that of all together.</param>
/// <param name="Before">What was in force.</param>
/// <param name="After">What is.</param>
internal sealed record PoolDifference(string? Action, PoolSettings Before, PoolSettings After);
