namespace Overseer.Cli.Reporting.Spooling;

/// <summary>A record that has been taken, and of which it is not known whether it has arrived.</summary>
/// <param name="Number">Its delivery number.</param>
/// <param name="Segment">Where it is.</param>
/// <param name="End">Where it ends there.</param>
/// <param name="Length">How long it is.</param>
internal readonly record struct InFlight(long Number, SpoolSegment Segment, long End, int Length);
