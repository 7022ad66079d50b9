namespace Overseer.Configuration;

/// <summary>What an acknowledged change survives.</summary>
public enum Durability
{
    /// <summary>The death of every process, <c>kill -9</c> included. After a loss of power the last changes may be missing; the rest is whole.</summary>
    Normal,

    /// <summary>A loss of power too. Every commit waits for the disk.</summary>
    Full,
}
