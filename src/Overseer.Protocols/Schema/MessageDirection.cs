namespace Overseer.Protocols.Schema;

/// <summary>Who sends a message.</summary>
internal enum MessageDirection
{
    ClientToServer,
    ServerToClient,
}
