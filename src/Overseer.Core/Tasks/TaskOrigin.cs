namespace Overseer.Core.Tasks;

/// <summary>Where a task comes from.</summary>
public enum TaskOrigin
{
    /// <summary>A configured action.</summary>
    Action,

    /// <summary>A command that no action describes.</summary>
    Command,

    /// <summary>A process that somebody else started.</summary>
    Adopted,

    /// <summary>A container that reports over the hub.</summary>
    Session,

    /// <summary>A container that somebody else started.</summary>
    Container,
}
