using System.Globalization;
using System.Runtime.InteropServices;
using Overseer.Recorder.Flight;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Spawning;

/// <summary>
/// A shell that enters the cgroup, sets the limits, puts its pid where the server finds it, and then becomes the program: what <c>posix_spawn</c> cannot do. It says on descriptor 3 which step failed, and closes that when
/// nothing can fail any more but the execution itself; so directory and program are looked at before.
/// What it costs: two or three programs instead of one; argv[0] is the program's path, whatever was asked for; a program in a format that only binfmt_misc knows is refused; a program
/// that its user may not execute ends with 126 instead of failing to start. The environment is given to <c>env -i</c>, since shells add variables and leave out those whose
/// names they do not like.
/// </summary>
internal sealed unsafe class ShellTrampoline(PosixSpawner spawner)
{
    private const string Shell = "/bin/sh";

    // $1 place for the pid  $2 cgroup  $3 open files  $4 processes  $5 address space in KiB  $6 user  $7 group
    private const string Script =
        """
        fail() { echo "$1" >&3; exit 125; }
        exec 4>&2 2>/dev/null
        [ -z "$2" ] || echo 0 > "$2/cgroup.procs" || fail cgroup
        [ -z "$3" ] || ulimit -Sn "$3" || fail files
        [ -z "$4" ] || ulimit -u "$4" || ulimit -p "$4" || fail processes
        [ -z "$5" ] || ulimit -v "$5" || fail space
        [ -z "$1" ] || echo > "$1/$$" || fail place
        user=$6 group=$7
        shift 7
        if [ -n "$user" ]; then exec setpriv --reuid "$user" --regid "$group" --clear-groups -- env -i "$@" 2>&4 3>&- 4>&-; fi
        exec env -i "$@" 2>&4 3>&- 4>&-
        """;

    /// <summary>What it says, and what that means.</summary>
    private static readonly (string Said, SpawnStep Step, int Errno, string? What)[] Failures =
    [
        ("cgroup", SpawnStep.Cgroup, Errno.EINVAL, null),
        ("files", SpawnStep.Limits, Errno.EINVAL, ChildLimits.OpenFilesName),
        ("processes", SpawnStep.Limits, Errno.EINVAL, ChildLimits.ProcessesName),
        ("space", SpawnStep.Limits, Errno.EINVAL, ChildLimits.AddressSpaceName),
        ("place", SpawnStep.Fork, Errno.ENOENT, null),
    ];

    private static readonly bool HasSetPriv = File.Exists("/usr/bin/setpriv") || File.Exists("/bin/setpriv");

    /// <summary>Parts of a request that cannot be fulfilled here.</summary>
    internal static SpawnFlags Unable => HasSetPriv ? SpawnFlags.Terminal : SpawnFlags.Terminal | SpawnFlags.User;

    internal static bool IsNeeded(in SpawnMessage message) =>
        message.FlightSlot >= 0 || (message.Flags & (SpawnFlags.Cgroup | SpawnFlags.Limits | SpawnFlags.User)) != SpawnFlags.None;

    /// <summary>Starts the program of the frame; null and its pid when nothing failed.</summary>
    internal SpawnResult? Spawn(SpawnFrame frame, in SpawnStreams streams, FlightPage? flight, ulong? usualOpenFiles, out int pid)
    {
        pid = 0;
        var message = frame.Message;
        if (SpawnDiagnosis.Foresee(frame) is { } wrong)
            return wrong;
        // A shell would make the file where there is none.
        if (frame.Cgroup != null && !ChildLimits.Holds(frame, "/cgroup.procs\0"u8))
            return SpawnResult.Failed(SpawnStep.Cgroup, Directory.Exists(SpawnFrame.Text(frame.Cgroup)) ? Errno.EBADF : Errno.ENOENT);
        if (SpawnFrame.Text(frame.File).Contains('='))
            return SpawnResult.Failed(SpawnStep.Unsupported, Errno.EINVAL, "its path holds an =, which env(1) takes for a variable");
        string place = "";
        bool kept = flight is not null && message.FlightSlot >= 0;
        if (kept)
        {
            place = flight!.Claims.PathOf(message.RunId);
            int errno = flight.Claims.Prepare(message.RunId);
            if (errno != 0)
                return SpawnResult.Failed(SpawnStep.Fork, errno);
        }
        var failed = Start(frame, in streams, place, usualOpenFiles, out pid);
        if (kept && failed is null)
            *flight!.PidAddress(message.FlightSlot) = pid;
        else if (kept)
            flight!.Claims.Remove(message.RunId);
        return failed;
    }

    private SpawnResult? Start(SpawnFrame frame, in SpawnStreams streams, string place, ulong? usualOpenFiles, out int pid)
    {
        pid = 0;
        int* ends = stackalloc int[2];
        if (Libc.Pipe(ends, Libc.O_CLOEXEC) != 0)
            return SpawnResult.Failed(SpawnStep.Pipes, Marshal.GetLastPInvokeError());
        int errno = Execute(frame, in streams, place, usualOpenFiles, ends[1], out pid);
        _ = Libc.Close(ends[1]);
        string said = errno == 0 ? ReadToEnd(ends[0]) : "";
        _ = Libc.Close(ends[0]);
        if (errno != 0)
            return SpawnResult.Failed(SpawnStep.None, errno);
        if (said.Length == 0)
            return null;
        SignalInfo info;
        while (Libc.WaitId(Libc.P_PID, pid, &info, Libc.WEXITED, null) != 0 && Marshal.GetLastPInvokeError() == Errno.EINTR)
        {
        }
        pid = 0;
        return Explain(frame, said);
    }

    private static SpawnResult Explain(SpawnFrame frame, string said)
    {
        foreach (var (word, step, errno, what) in Failures)
        {
            if (word == said)
                return SpawnResult.Failed(step, step == SpawnStep.Cgroup ? WhyNot(SpawnFrame.Text(frame.Cgroup)) : errno, what);
        }
        return SpawnResult.Failed(SpawnStep.Fork, Errno.EIO);
    }

    /// <summary>The shell does not tell the errno.</summary>
    private static int WhyNot(string cgroup)
    {
        fixed (byte* path = System.Text.Encoding.UTF8.GetBytes(cgroup + "/cgroup.procs\0"))
            return Libc.Access(path, Libc.W_OK) == 0 ? Errno.EINVAL : Marshal.GetLastPInvokeError();
    }

    private int Execute(SpawnFrame frame, in SpawnStreams streams, string place, ulong? usualOpenFiles, int report, out int pid)
    {
        var message = frame.Message;
        bool user = message.Flags.HasFlag(SpawnFlags.User) && !ChildUser.IsOwn(in message);
        var limits = ChildLimits.Of(frame, usualOpenFiles ?? NoFileLimit.Current().Soft);
        using var head = new NativeStrings(
        [
            Shell, "-c", Script, "overseer-start",
            place,
            frame.Cgroup == null ? "" : SpawnFrame.Text(frame.Cgroup),
            Number(limits.OpenFiles.Soft),
            limits.Processes is { } processes ? Number(processes.Soft) : "",
            limits.AddressSpace is { } space ? Number(space.Soft / 1024) : "",
            user ? message.UserId.ToString(CultureInfo.InvariantCulture) : "",
            user ? message.GroupId.ToString(CultureInfo.InvariantCulture) : "",
        ]);
        using var environment = new NativeStrings(["PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL=C"]);
        byte** arguments = Join(head, frame);
        try
        {
            return spawner.Spawn(head.Pointer[0], arguments, environment.Pointer, frame.WorkingDirectory, in streams, anew: true, report, out pid);
        }
        finally
        {
            NativeMemory.Free(arguments);
        }
    }

    /// <summary>The shell's arguments, the program's variables, its path, its arguments from the second on.</summary>
    private static byte** Join(NativeStrings head, SpawnFrame frame)
    {
        int shell = Count(head.Pointer), variables = Count(frame.Environment), program = Count(frame.Arguments);
        byte** all = (byte**)NativeMemory.Alloc((nuint)((shell + variables + program + 2) * sizeof(byte*)));
        byte** at = all;
        for (int i = 0; i < shell; i++)
            *at++ = head.Pointer[i];
        for (int i = 0; i < variables; i++)
            *at++ = frame.Environment[i];
        *at++ = frame.File;
        for (int i = 1; i < program; i++)
            *at++ = frame.Arguments[i];
        *at = null;
        return all;
    }

    private static int Count(byte** strings)
    {
        int count = 0;
        while (strings[count] != null)
            count++;
        return count;
    }

    private static string Number(ulong value) => value.ToString(CultureInfo.InvariantCulture);

    private static string ReadToEnd(int descriptor)
    {
        Span<byte> said = stackalloc byte[64];
        int length = 0;
        fixed (byte* p = said)
        {
            while (length < said.Length)
            {
                nint read = Libc.Read(descriptor, p + length, (nuint)(said.Length - length));
                if (read > 0)
                    length += (int)read;
                else if (read == 0 || Marshal.GetLastPInvokeError() != Errno.EINTR)
                    break;
            }
        }
        return System.Text.Encoding.UTF8.GetString(said[..length]).TrimEnd('\n');
    }
}
