namespace Overseer.Protocols.V2;

/// <summary>What becomes of a running task above a lowered limit.</summary>
public enum ExcessAction
{
    /// <summary>It is stopped.</summary>
    Stop,

    /// <summary>It is stopped and waits again.</summary>
    Requeue,
}
