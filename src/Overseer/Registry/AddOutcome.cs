namespace Overseer.Registry;

/// <summary>What came of adding a process. A closed hierarchy, in the order of the checks.</summary>
internal abstract record AddOutcome
{
    private AddOutcome()
    {
    }

    /// <summary>It is in the registry, and stored.</summary>
    public sealed record Added(RegistryEntry Entry) : AddOutcome;

    /// <summary>The pid is not positive.</summary>
    public sealed record InvalidPid : AddOutcome;

    /// <summary>There is no such process, or it is not ours to signal.</summary>
    /// <param name="Reason">As the system says it: <c>no such process</c>, <c>operation not permitted</c>.</param>
    public sealed record NoSuchProcess(string Reason) : AddOutcome;

    /// <summary>The process is in the registry already.</summary>
    public sealed record AlreadyRegistered(RegistryEntry Entry) : AddOutcome;

    /// <summary>Name, tags or groups are not allowed, the name is taken, or there is no room.</summary>
    /// <param name="Message">Why, as goproc says it: <c>name "x" is already in use</c>.</param>
    public sealed record Refused(string Message) : AddOutcome;
}
