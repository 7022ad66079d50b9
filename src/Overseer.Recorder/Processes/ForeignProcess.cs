using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Processes;

/// <summary>A process that somebody else started, as it is now.</summary>
internal sealed record ForeignProcess
{
    // What a command line can have at most is 2 MiB; nobody needs to see that.
    private const int MostCommandLineBytes = 16 << 10;
    private const long TicksPerSecond = 100; // USER_HZ: what /proc counts in, on every architecture

    /// <summary>Which.</summary>
    public required ProcessIdentity Identity { get; init; }

    /// <summary>Its process group.</summary>
    public required int Group { get; init; }

    /// <summary>Its arguments joined by spaces; <c>pid:N</c> when it has none.</summary>
    public required string CommandLine { get; init; }

    /// <summary>When it was started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>
    /// Looks at a process. Threads are none, nor are zombies.
    /// </summary>
    /// <param name="pid">Its number, positive.</param>
    /// <param name="orZombie">Whether a zombie is one as well.</param>
    /// <param name="process">What it is.</param>
    /// <param name="handle">Holds it; null when there are no descriptors left, or the kernel has none of this kind. The caller's to dispose of.</param>
    /// <returns>0, or the errno: ESRCH when there is none, EPERM when it is not ours to signal.</returns>
    internal static int Look(int pid, bool orZombie, out ForeignProcess? process, out ProcessHandle? handle)
    {
        process = null;
        handle = null;
        if (Libc.Kill(pid, 0) != 0)
            return Marshal.GetLastPInvokeError();
        if (!ProcessStat.TryRead(pid, out var stat) || IsThread(pid))
            return Errno.ESRCH;
        handle = ProcessHandle.Open(stat.Identity);
        string commandLine = CommandLineOf(pid);

        // What was read must be of the same process, and it must live.
        if (!Lives(stat.Identity, handle) && !(orZombie && IsThere(stat.Identity)))
        {
            handle?.Dispose();
            handle = null;
            return Errno.ESRCH;
        }
        process = new ForeignProcess { Identity = stat.Identity, Group = stat.Group, CommandLine = commandLine, StartedAt = WallClock(stat.StartTime) };
        return 0;
    }

    /// <summary>Whether the process lives; zombies do not.</summary>
    internal static bool Lives(ProcessIdentity identity)
    {
        if (!ProcessStat.TryRead(identity.Pid, out var stat) || stat.StartTime != identity.StartTime)
            return false;
        if (stat.State is not ('Z' or 'X'))
            return true;
        using var handle = ProcessHandle.Open(identity);
        return handle is { HasExited: false };
    }

    /// <summary>A process whose first thread has ended looks like a zombie while its others go on; only its descriptor knows better.</summary>
    private static bool Lives(ProcessIdentity identity, ProcessHandle? handle) =>
        handle is not null ? !handle.HasExited : ProcessStat.TryRead(identity.Pid, out var stat) && stat.StartTime == identity.StartTime && stat.State is not ('Z' or 'X');

    private static bool IsThere(ProcessIdentity identity) => ProcessStat.TryRead(identity.Pid, out var stat) && stat.StartTime == identity.StartTime;

    /// <summary>A start time of /proc on the clock on the wall, as that goes now.</summary>
    internal static DateTimeOffset WallClock(long startTime)
    {
        long ago = Libc.ClockGetTime(Libc.CLOCK_BOOTTIME) - (startTime * (1_000_000_000 / TicksPerSecond));
        return DateTimeOffset.UnixEpoch.AddTicks((Libc.ClockGetTime(Libc.CLOCK_REALTIME) - ago) / TimeSpan.NanosecondsPerTick);
    }

    private static bool IsThread(int pid)
    {
        Span<byte> buffer = stackalloc byte[1024];
        int length = ProcessFile.Read(Encoding.ASCII.GetBytes($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/status\0"), buffer, once: true);
        ReadOnlySpan<byte> text = buffer[..Math.Max(length, 0)];
        int at = text.IndexOf("\nTgid:\t"u8);
        return at >= 0 && System.Buffers.Text.Utf8Parser.TryParse(text[(at + 7)..], out int group, out _) && group != pid;
    }

    /// <summary>A command line as it is shown: control characters would break lines in two wherever that is.</summary>
    internal static string Shown(string commandLine) => commandLine.Any(char.IsControl) ? string.Concat(commandLine.Select(one => char.IsControl(one) ? ' ' : one)) : commandLine;

    private static string CommandLineOf(int pid)
    {
        byte[] buffer = new byte[MostCommandLineBytes];
        int length = ProcessFile.Read(Encoding.ASCII.GetBytes($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/cmdline\0"), buffer, once: false);
        var text = new ReadOnlySpan<byte>(buffer, 0, Math.Max(length, 0)).TrimEnd((byte)0);
        if (text.IsEmpty)
            return $"pid:{pid.ToString(CultureInfo.InvariantCulture)}";
        for (int i = 0; i < text.Length; i++)
        {
            // Control characters would break lines in two wherever it is shown.
            if (buffer[i] < 0x20 || buffer[i] == 0x7F)
                buffer[i] = (byte)' ';
        }
        return Encoding.UTF8.GetString(buffer, 0, text.Length);
    }
}
