namespace Overseer.Client;

/// <summary>
/// The connection went away while a request was under way: it is not known whether the server carried it out. The client stays usable as long as it can
/// connect again; running watches go on by themselves.
/// </summary>
public sealed class OverseerConnectionLostException : OverseerException
{
    internal OverseerConnectionLostException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
