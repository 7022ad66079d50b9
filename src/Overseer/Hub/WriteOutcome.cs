using Overseer.Protocols.Hub;

namespace Overseer.Hub;

/// <summary>What became of messages that were to be kept. A closed hierarchy.</summary>
internal abstract record WriteOutcome
{
    private WriteOutcome()
    {
    }

    /// <summary>They are in the journal, but for those that were there already.</summary>
    /// <param name="Count">How many are new.</param>
    public sealed record Kept(int Count) : WriteOutcome;

    /// <summary>The session has ended meanwhile: another one is to be opened for them.</summary>
    public sealed record Ended : WriteOutcome
    {
        /// <summary>The one there is.</summary>
        public static Ended Instance { get; } = new();
    }

    /// <summary>They cannot be kept.</summary>
    /// <param name="Error">Why.</param>
    public sealed record Failed(HubError Error) : WriteOutcome;
}
