namespace Overseer.Core.Tasks;

/// <summary>Which unintentional exits lead to a restart.</summary>
public enum RestartCondition
{
    /// <summary>Every one, exit code 0 included. The default.</summary>
    Any,

    /// <summary>Only an exit code other than 0, or a death by signal.</summary>
    Failure,
}
