namespace Overseer.Core.Tasks;

/// <summary>Why a waiting task will not be started.</summary>
public enum DequeueReason
{
    /// <summary>Somebody stopped it.</summary>
    Stopped,

    /// <summary>Its queue was purged.</summary>
    Purged,

    /// <summary>A forced start took its place.</summary>
    Displaced,

    /// <summary>It waited too long.</summary>
    Expired,

    /// <summary>Its start failed.</summary>
    Failed,

    /// <summary>The server ends.</summary>
    Shutdown,
}
