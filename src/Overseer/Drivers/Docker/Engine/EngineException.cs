namespace Overseer.Drivers.Docker.Engine;

/// <summary>A container engine did not do what it was asked for. The client remains usable.</summary>
internal abstract class EngineException(string message, Exception? innerException = null) : Exception(message, innerException);
