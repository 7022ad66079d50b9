using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Spawning;

/// <summary>How many processes this process's user may have.</summary>
internal static unsafe class ProcessLimit
{
    /// <summary>The soft limit; the largest number there is for none.</summary>
    internal static ulong OfUser()
    {
        SoftAndHard limits;
        return Libc.ResourceLimit(0, Libc.RLIMIT_NPROC, null, &limits) == 0 ? limits.Soft : ulong.MaxValue;
    }
}
