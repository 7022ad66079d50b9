namespace Overseer.Protocols.Grpc.Http2;

/// <summary>A header field as it was sent.</summary>
/// <param name="Name">In lower case; empty for one of the table's that nobody here asks for.</param>
/// <param name="Value">Its bytes.</param>
internal readonly record struct HeaderField(string Name, byte[] Value);
