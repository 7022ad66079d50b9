namespace Overseer.EventLog;

/// <summary>The event log cannot be opened; the message names the file and what to do.</summary>
internal sealed class EventLogException(string message, Exception? inner = null) : Exception(message, inner);
