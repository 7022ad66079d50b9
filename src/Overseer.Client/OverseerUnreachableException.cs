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

    /// <summary>What the server answered to the request to connect: 401 without a valid token, 403 when this peer or page may not come in at all; null when it was not asked.</summary>
    public int? Status { get; internal init; }

    /// <summary>Whether nothing would come of trying again: somebody would have to change something first.</summary>
    internal bool IsFinal => Status is 401 or 403 || IsUntrusted;

    /// <summary>Whether there is nobody at all at that place, as opposed to somebody who refuses or is no Overseer.</summary>
    public bool NobodyListens { get; }

    /// <summary>Whether the server has a certificate that this client does not trust.</summary>
    public bool IsUntrusted { get; internal init; }
}
