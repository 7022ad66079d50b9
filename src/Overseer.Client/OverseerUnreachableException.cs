namespace Overseer.Client;

/// <summary>No server could be reached, or what answers is none. The client cannot be used (any more).</summary>
public sealed class OverseerUnreachableException : OverseerException
{
    internal OverseerUnreachableException(OverseerEndpoint endpoint, string message, bool nobodyListens, Exception? inner = null)
        : base(message, inner)
    {
        Endpoint = endpoint;
        NobodyListens = nobodyListens;
    }

    /// <summary>Where it was looked for.</summary>
    public OverseerEndpoint Endpoint { get; }

    /// <summary>Whether there is nobody at all at that place, as opposed to somebody who refuses or is no Overseer.</summary>
    public bool NobodyListens { get; }
}
