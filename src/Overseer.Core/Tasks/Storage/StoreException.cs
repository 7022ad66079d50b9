namespace Overseer.Core.Tasks.Storage;

/// <summary>A store cannot be opened, read or written. What it held before is untouched; the message says which file and what to do.</summary>
internal sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner);
