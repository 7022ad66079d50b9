using System.Buffers.Text;
using System.Text;

namespace Overseer.Recorder.Processes;

/// <summary>What a person wants to know of a process beside what it uses: whose it is and how it was called; proc(5).</summary>
/// <param name="UserId">Its effective user; null when it is not to be known.</param>
/// <param name="CommandLine">Its arguments, the program's name first, as the process shows them; empty for a zombie and for a thread of the kernel.</param>
internal sealed record ProcessDetails(int? UserId, IReadOnlyList<string> CommandLine)
{
    private const int MaxCommandLineBytes = 4096;
    private const int MaxStatusBytes = 4096;

    /// <summary>Looks at it; at most the first 4 KiB of its arguments.</summary>
    internal static ProcessDetails Of(int pid) => new(ReadUser(pid), ReadCommandLine(pid));

    private static string[] ReadCommandLine(int pid)
    {
        Span<byte> buffer = stackalloc byte[MaxCommandLineBytes];
        ReadOnlySpan<byte> text = buffer[..Math.Max(ProcessFile.ReadCommandLine(pid, buffer), 0)].TrimEnd((byte)0);
        return text.IsEmpty ? [] : Encoding.UTF8.GetString(text).Split('\0');
    }

    // `Uid:` with the real, effective, saved and file system's user.
    private static int? ReadUser(int pid)
    {
        Span<byte> buffer = stackalloc byte[MaxStatusBytes];
        ReadOnlySpan<byte> text = buffer[..Math.Max(ProcessFile.ReadStatus(pid, buffer), 0)];
        int line = text.IndexOf("\nUid:\t"u8);
        if (line < 0)
            return null;
        text = text[(line + 6)..];
        int tab = text.IndexOf((byte)'\t');
        return tab >= 0 && Utf8Parser.TryParse(text[(tab + 1)..], out int user, out _) ? user : null;
    }
}
