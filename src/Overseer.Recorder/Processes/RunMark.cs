using System.Buffers;
using System.Text;

namespace Overseer.Recorder.Processes;

/// <summary>
/// The mark that every process of a run carries unless it cleared its environment: OVERSEER_RUN_ID. It finds those that no longer have any other tie to
/// their run: double-forked daemons, whose parent is gone and which have a session of their own.
/// </summary>
internal static class RunMark
{
    private const int FirstTry = 16 * 1024;

    // A process inside execve(2) has no environment for a moment, and could be any; on a busy machine this takes a while.
    private const int MaxExecMilliseconds = 50;

    // The kernel allows a quarter of the stack limit for arguments and environment, at most 6 MiB.
    private const int MaxEnvironmentBytes = 6 * 1024 * 1024;

    private static ReadOnlySpan<byte> Prefix => "OVERSEER_RUN_ID="u8;

    /// <summary>Reads the environment that the process was started with; Guid.Empty when it has no mark, or when it may not be read.</summary>
    internal static Guid Of(int pid) => Of(pid, Prefix);

    /// <summary>Reads a mark of another name.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="prefix">The name with the equals sign.</param>
    internal static unsafe Guid Of(int pid, ReadOnlySpan<byte> prefix)
    {
        int size = FirstTry;
        int patience = MaxExecMilliseconds;
        while (true)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
            try
            {
                int length = ProcessFile.ReadEnvironment(pid, buffer);
                if (length == 0 && patience-- > 0 && ProcessStat.IsBetweenPrograms(pid))
                {
                    _ = Interop.Interop.PollPidfds(null, 0, 1);
                    continue;
                }
                if (length < buffer.Length || buffer.Length >= MaxEnvironmentBytes)
                    return Find(buffer.AsSpan(0, Math.Max(length, 0)), prefix);
                size = buffer.Length * 4;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <summary>Looks at the first entry of that name, which is the one that getenv(3) sees.</summary>
    internal static Guid Find(ReadOnlySpan<byte> environment) => Find(environment, Prefix);

    private static Guid Find(ReadOnlySpan<byte> environment, ReadOnlySpan<byte> prefix)
    {
        Span<char> text = stackalloc char[32];
        while (!environment.IsEmpty)
        {
            int end = environment.IndexOf((byte)0);
            ReadOnlySpan<byte> entry = end < 0 ? environment : environment[..end];
            if (entry.StartsWith(prefix))
            {
                ReadOnlySpan<byte> value = entry[prefix.Length..];
                if (value.Length != text.Length)
                    return Guid.Empty;
                Encoding.Latin1.GetChars(value, text);
                return Guid.TryParseExact(text, "N", out Guid found) ? found : Guid.Empty;
            }
            if (end < 0)
                break;
            environment = environment[(end + 1)..];
        }
        return Guid.Empty;
    }
}
