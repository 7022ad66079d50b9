using Overseer.Core.Tasks.Storage;

namespace Overseer.Core.Tasks;

/// <summary>An ended run that was asked to stop and whose descendants may live on until its grace time ends.</summary>
/// <param name="Record">The run, as it is stored.</param>
/// <param name="GraceEnds">When what is left gets SIGKILL, on the clock's monotonic scale.</param>
internal sealed record Leftover(RunRecord Record, long GraceEnds)
{
    /// <summary>The run.</summary>
    public RunId RunId => Record.RunId;
}
