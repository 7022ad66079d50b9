using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Interop;

/// <summary>What <c>waitid</c> says of a child that has ended.</summary>
internal static class WaitedFor
{
    /// <summary>
    /// The largest resident set counts from the moment of the spawn, when the child still is its parent: it is never less than the parent's own.
    /// </summary>
    internal static ExitStatus Status(in SignalInfo info, in ResourceUsage usage)
    {
        bool exited = info.Code == SignalInfo.CldExited;
        return new ExitStatus(
            exited ? info.Status : -1,
            exited ? 0 : info.Status,
            Microseconds(usage.UserSeconds, usage.UserMicroseconds),
            Microseconds(usage.SystemSeconds, usage.SystemMicroseconds),
            usage.MaxResidentKilobytes);
    }

    private static long Microseconds(long seconds, long microseconds) => (seconds * 1_000_000) + microseconds;
}
