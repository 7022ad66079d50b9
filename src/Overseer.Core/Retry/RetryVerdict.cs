namespace Overseer.Core.Retry;

/// <summary>What becomes of a task after an exit that nobody asked for. A closed hierarchy.</summary>
internal abstract record RetryVerdict
{
    private RetryVerdict()
    {
    }

    /// <summary>It has ended: no policy asks for more.</summary>
    public sealed record Rest : RetryVerdict;

    /// <summary>It exited too often.</summary>
    /// <param name="Exits">Exits inside the window, this one included.</param>
    public sealed record GiveUp(int Exits) : RetryVerdict;

    /// <summary>It is started again.</summary>
    /// <param name="Delay">Time between the exit and the next start.</param>
    /// <param name="Attempt">1 for the first restart in the window.</param>
    public sealed record Again(TimeSpan Delay, int Attempt) : RetryVerdict;
}
