namespace Overseer.Configuration;

/// <summary>A directory of the server cannot be made, or is not safe to use. The message says which and what to do.</summary>
public sealed class PlacesException(string message) : IOException(message);
