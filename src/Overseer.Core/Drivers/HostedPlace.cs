namespace Overseer.Core.Drivers;

/// <summary>How far a journal has the output of one run: a host that reads output from elsewhere goes on behind it, without a line lost or doubled.</summary>
/// <param name="At">The time that the last piece of output was written with, to 100 ns; <see cref="DateTimeOffset.MinValue"/> when there is none.</param>
/// <param name="Pieces">How many pieces (calls of <see cref="IHostedRun.Write"/>) were written with that time, counted from the last one back to the first with another time.</param>
public readonly record struct HostedPlace(DateTimeOffset At, int Pieces);
