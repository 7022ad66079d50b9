namespace Overseer.Core.Tests.Tasks;

/// <summary>Something that a <see cref="PoolEngineWorld"/> asked of the engine, and what came of it.</summary>
internal sealed class PoolRequest(bool isStart)
{
    public bool IsStart { get; } = isStart;

    public bool Queued { get; set; }

    public bool Orphaned { get; set; }

    /// <summary>Answers that came at once.</summary>
    public int Answers { get; set; }

    /// <summary>How often the wait ended: once, by a start or by a reason.</summary>
    public int Ends { get; set; }
}
