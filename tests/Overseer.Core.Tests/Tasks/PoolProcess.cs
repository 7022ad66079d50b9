namespace Overseer.Core.Tests.Tasks;

/// <summary>A process that a <see cref="PoolEngineWorld"/> runs.</summary>
internal sealed class PoolProcess(string task, int pid)
{
    public string Task { get; } = task;

    public int Pid { get; } = pid;

    public bool Signalled { get; set; }
}
