namespace Overseer.Registry;

/// <summary>What came of removing an entry. A closed hierarchy.</summary>
internal abstract record RemoveOutcome
{
    private RemoveOutcome()
    {
    }

    /// <summary>It is forgotten; its process, if it lives, was not touched.</summary>
    public sealed record Removed(RegistryEntry Entry) : RemoveOutcome;

    /// <summary>No entry has this number.</summary>
    public sealed record NotFound : RemoveOutcome;

    /// <summary>It is a task of Overseer's own that has not ended.</summary>
    /// <param name="Message">Why, and what to do.</param>
    public sealed record Refused(string Message) : RemoveOutcome;
}
