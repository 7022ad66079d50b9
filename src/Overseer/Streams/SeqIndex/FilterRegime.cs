namespace Overseer.Streams.SeqIndex;

/// <summary>From a line on a task's output was judged by one filter.</summary>
/// <param name="FromLine">The first line.</param>
/// <param name="Fingerprint">The filter; 0 for none.</param>
internal readonly record struct FilterRegime(long FromLine, ulong Fingerprint);
