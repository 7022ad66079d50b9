namespace Overseer.Core.Tasks;

/// <summary>What a run is launched for.</summary>
internal enum LaunchKind
{
    /// <summary>A request, which waits for the answer. If it fails, the task is what it was before.</summary>
    Request,

    /// <summary>There is room in the pool. If it fails, the task leaves the queue.</summary>
    Admission,

    /// <summary>The latest process exited, and the policy says so. If it fails, that counts as another exit.</summary>
    Restart,
}
