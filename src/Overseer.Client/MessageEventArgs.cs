using Overseer.Protocols.V2;

namespace Overseer.Client;

/// <summary>A message that goes to everybody, as the argument of an event.</summary>
/// <typeparam name="T">Its type.</typeparam>
/// <param name="message">The message.</param>
public sealed class MessageEventArgs<T>(T message) : EventArgs
    where T : ServerMessage
{
    /// <summary>The message.</summary>
    public T Message { get; } = message;
}
