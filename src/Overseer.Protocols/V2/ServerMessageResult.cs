namespace Overseer.Protocols.V2;

/// <summary>What became of a server's bytes.</summary>
/// <param name="Message">The message; null when it could not be read.</param>
/// <param name="UnknownType">The type of a message of a newer server, to be passed over; null otherwise.</param>
/// <param name="Error">What is wrong with the bytes; null otherwise.</param>
public readonly record struct ServerMessageResult(ServerMessage? Message, string? UnknownType, string? Error);
