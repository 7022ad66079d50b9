namespace Overseer.Server.Channels;

/// <summary>What came in a message's place.</summary>
/// <param name="Utf8">The message; empty when there is a problem.</param>
/// <param name="Problem">Why it cannot be taken, for an <c>error</c>; the channel goes on.</param>
internal readonly record struct ReceivedMessage(ReadOnlyMemory<byte> Utf8, string? Problem = null);
