namespace Overseer.Server.Trust;

/// <summary>How much somebody may do; each step includes the ones before it.</summary>
internal enum Scope
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Look: lists, output, metrics, descriptions.</summary>
    Read,

    /// <summary>Start, stop and reset tasks, and write to them.</summary>
    Operate,

    /// <summary>Everything: pools, queues, the configuration, the registry, commands that no action describes.</summary>
    Admin,
}
