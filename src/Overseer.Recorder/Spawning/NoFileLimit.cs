using System.Globalization;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Spawning;

/// <summary>
/// The soft limit of open descriptors. The .NET runtime raises its own to the hard limit at start, and children would inherit that: programs that use <c>select</c> or walk over all
/// possible descriptors suffer. What the limit was before is nowhere recorded; the process that started this one still has it.
/// </summary>
internal static unsafe class NoFileLimit
{
    /// <summary>What the kernel gives the first process.</summary>
    private const ulong Usual = 1024;

    /// <summary>This process's limits now.</summary>
    internal static SoftAndHard Current()
    {
        SoftAndHard limits;
        return Libc.ResourceLimit(0, Libc.RLIMIT_NOFILE, null, &limits) == 0 ? limits : new SoftAndHard { Soft = Usual, Hard = Usual };
    }

    /// <summary>The soft limit this process most likely started with: its parent's, never more than is allowed here.</summary>
    internal static ulong BeforeTheRuntimeRaisedIt()
    {
        var current = Current();
        return Math.Min(OfParent() ?? Usual, current.Soft);
    }

    internal static void SetSoft(ulong soft, ulong hard)
    {
        var limits = new SoftAndHard { Soft = soft, Hard = hard };
        _ = Libc.ResourceLimit(0, Libc.RLIMIT_NOFILE, &limits, null);
    }

    internal static void SetSoftOf(int pid, ulong soft, ulong hard)
    {
        var limits = new SoftAndHard { Soft = soft, Hard = hard };
        _ = Libc.ResourceLimit(pid, Libc.RLIMIT_NOFILE, &limits, null);
    }

    private static ulong? OfParent()
    {
        try
        {
            string status = File.ReadAllText("/proc/self/stat");
            string parent = status[(status.LastIndexOf(')') + 2)..].Split(' ')[1];
            foreach (string line in File.ReadLines($"/proc/{parent}/limits"))
            {
                if (!line.StartsWith("Max open files", StringComparison.Ordinal))
                    continue;
                string soft = line[26..].TrimStart().Split(' ')[0];
                return ulong.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) ? value : ulong.MaxValue;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The parent is gone, or another user's.
        }
        return null;
    }
}
