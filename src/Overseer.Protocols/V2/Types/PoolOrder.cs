namespace Overseer.Protocols.V2;

/// <summary>From which end of a row tasks are taken.</summary>
public enum PoolOrder
{
    /// <summary>The oldest first.</summary>
    First,

    /// <summary>The latest first.</summary>
    Last,
}
