using System.Net;

namespace Overseer.Server.Trust;

/// <summary>Whether somebody may come in, and as whom. A closed hierarchy.</summary>
internal abstract record Admission
{
    private Admission()
    {
    }

    /// <summary>It may.</summary>
    /// <param name="Caller">As whom; without a token where one is asked for, with no authority.</param>
    public sealed record Granted(Caller Caller) : Admission;

    /// <summary>It may not.</summary>
    /// <param name="Caller">Who it is, without authority: for the audit log.</param>
    /// <param name="Status">What it is answered: 401 or 403.</param>
    /// <param name="Reason">Why, and which setting would allow it: for the log, never for the peer.</param>
    public sealed record Refused(Caller Caller, HttpStatusCode Status, string Reason) : Admission;
}
