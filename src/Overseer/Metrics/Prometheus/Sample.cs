namespace Overseer.Metrics.Prometheus;

/// <summary>A number with its labels.</summary>
/// <param name="Labels">The labels, as they are written between the braces; empty for none.</param>
/// <param name="Value">The number, as it is written.</param>
internal readonly record struct Sample(string Labels, string Value);
