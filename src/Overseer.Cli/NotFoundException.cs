namespace Overseer.Cli;

/// <summary>There is no such task; the message says how to find the ones there are.</summary>
internal sealed class NotFoundException(string message) : Exception(message);
