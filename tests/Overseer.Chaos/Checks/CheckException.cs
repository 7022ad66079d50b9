namespace Overseer.Chaos.Checks;

/// <summary>Something is not as it must be; the message says what.</summary>
internal sealed class CheckException(string message) : Exception(message);
