using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Processes;

namespace Overseer.Recorder.Takeover;

/// <summary>Finds the holders of inputs again, by the mark in their environment, when server and recorder have died together and nobody else knows of them.</summary>
public static unsafe class InputHolders
{
    private const string Variable = "OVERSEER_INPUT_OF=";
    private const int PathBytes = 64;
    private const int TypeMask = 0xF000;
    private const int PipeType = 0x1000;

    /// <summary>
    /// Opens the writing end, not blocking, of the input of each of these runs that a holder of this user has. One pass over <c>/proc</c>; thread-safe, blocks.
    /// </summary>
    /// <returns>By run; what is not found is missing. The handles are the caller's to dispose of.</returns>
    public static IReadOnlyDictionary<Guid, HeldInput> Find(IReadOnlySet<Guid> runs)
    {
        var found = new Dictionary<Guid, HeldInput>();
        if (runs.Count == 0)
            return found;
        ReadOnlySpan<byte> variable = System.Text.Encoding.ASCII.GetBytes(Variable);
        int user = Libc.EffectiveUser();
        foreach (int pid in ProcessList.Pids())
        {
            if (found.Count == runs.Count)
                break;
            var run = RunMark.Of(pid, variable);
            if (run == Guid.Empty || !runs.Contains(run) || found.ContainsKey(run) || !Processes.ProcessStat.TryRead(pid, out var stat))
                continue;
            // A task that runs as somebody else may put any mark on its own processes.
            if (FileOwner.Of($"/proc/{pid}", followLink: false, out _)?.User != user || Open(pid) is not { } pipe)
                continue;
            var holder = new InputHolder(pid, stat.StartTime);
            // The number may be another's by now, but not with that mark at both times.
            if (RunMark.Of(pid, variable) == run)
                found.Add(run, new HeldInput(pipe, holder));
            else
                pipe.Dispose();
        }
        return found;
    }

    /// <summary>The variable by which the holder of that run's input is known.</summary>
    internal static string MarkOf(Guid run) => $"{Variable}{run:N}";

    private static SafeFileHandle? Open(int pid)
    {
        byte* path = stackalloc byte[PathBytes];
        Span<byte> text = new(path, PathBytes);
        "/proc/"u8.CopyTo(text);
        Utf8Formatter.TryFormat(pid, text[6..], out int digits);
        "/fd/1\0"u8.CopyTo(text[(6 + digits)..]);
        // Opening a file that is no pipe has no effect either: nothing is created or cut.
        var pipe = new SafeFileHandle(Libc.OpenDescriptor(path, Libc.O_WRONLY | Libc.O_NONBLOCK | Libc.O_CLOEXEC, 0), ownsHandle: true);
        FileStatus status = default;
        if (!pipe.IsInvalid && Libc.Statx((int)pipe.DangerousGetHandle(), "", Libc.AT_EMPTY_PATH, Libc.STATX_TYPE_MODE_UID, &status) == 0 && (status.Mode & TypeMask) == PipeType)
            return pipe;
        pipe.Dispose();
        return null;
    }
}
