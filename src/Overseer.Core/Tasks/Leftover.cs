namespace Overseer.Core.Tasks;

/// <summary>An ended run that was asked to stop and whose descendants may live on until its grace time ends.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Pid">Its root process, dead.</param>
/// <param name="ProcessStartTime">That process's start time.</param>
/// <param name="GraceEnds">When what is left gets SIGKILL, on the clock's monotonic scale.</param>
/// <param name="StoppedBy">Who asked for the stop.</param>
internal sealed record Leftover(RunId RunId, int Pid, long ProcessStartTime, long GraceEnds, List<RequestOrigin> StoppedBy);
