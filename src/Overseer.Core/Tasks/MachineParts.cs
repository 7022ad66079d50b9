using Overseer.Core.Tasks.Storage;

namespace Overseer.Core.Tasks;

/// <summary>What all task machines of an engine share.</summary>
/// <param name="Clock">Time.</param>
/// <param name="Changes">Gets what has to be stored of runs.</param>
/// <param name="BootId">The present boot of the machine.</param>
/// <param name="Ids">Makes ids, each a new one.</param>
/// <param name="Random">Makes numbers from 0 to less than 1, for the jitter of restarts.</param>
internal sealed record MachineParts(TimeProvider Clock, ChangeLog Changes, Guid BootId, Func<Guid> Ids, Func<double> Random);
