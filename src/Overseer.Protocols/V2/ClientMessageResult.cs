namespace Overseer.Protocols.V2;

/// <summary>What became of a client's bytes: a message, or the one error to answer with.</summary>
public readonly record struct ClientMessageResult
{
    private ClientMessageResult(ClientMessage? message, ErrorMessage? error)
    {
        Message = message;
        Error = error;
    }

    /// <summary>The message; null when there is an error.</summary>
    public ClientMessage? Message { get; }

    /// <summary>The answer to send, with the id of the request when one could be read; null when there is a message.</summary>
    public ErrorMessage? Error { get; }

    internal static ClientMessageResult Of(ClientMessage message) => new(message, null);

    internal static ClientMessageResult Refused(string id, string text) => new(null, new ErrorMessage { Id = id, Message = text });
}
