namespace Overseer.Server.Trust;

/// <summary>Whether a request may come in.</summary>
public abstract record TrustVerdict
{
    private TrustVerdict() { }

    /// <summary>It may.</summary>
    public static TrustVerdict Allow { get; } = new Allowed();

    /// <summary>It may not.</summary>
    /// <param name="reason">Why, and which setting would allow it: for the log, never for the peer, who gets <c>forbidden</c> alone.</param>
    public static TrustVerdict Refuse(string reason) => new Refused(reason);

    /// <summary>The request may come in.</summary>
    public sealed record Allowed : TrustVerdict;

    /// <summary>The request gets HTTP 403 with the body <c>forbidden</c>.</summary>
    /// <param name="Reason">Why, and which setting would allow it: for the log.</param>
    public sealed record Refused(string Reason) : TrustVerdict;
}
