namespace Overseer.Client;

/// <summary>What goes wrong between a client and a server. The message is one sentence for a user.</summary>
public abstract class OverseerException : Exception
{
    private protected OverseerException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
