using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Overseer.Bench;

/// <summary>
/// A child started with posix_spawn(3). Not System.Diagnostics.Process, which reaps in its own way: the prototype of
/// the spawn scenario has to wait for its children itself.
/// </summary>
internal sealed class ChildProcess(int pid)
{
    private int? _status;

    internal int Pid => pid;

    /// <summary>Starts a program; -1 as descriptor is /dev/null.</summary>
    /// <exception cref="IOException">The program cannot be executed; the message has the reason.</exception>
    internal static unsafe ChildProcess Start(
        string file, IReadOnlyList<string> arguments, IEnumerable<KeyValuePair<string, string>>? environment = null, int output = -1, int error = -1)
    {
        environment ??= Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Select(entry => KeyValuePair.Create((string)entry.Key, (string)entry.Value!));
        byte** argv = Vector([file, .. arguments]), envp = Vector([.. environment.Select(pair => $"{pair.Key}={pair.Value}")]);
        var path = (byte*)Marshal.StringToCoTaskMemUTF8(file);
        byte* actions = stackalloc byte[Interop.SpawnStructBytes], attributes = stackalloc byte[Interop.SpawnStructBytes];
        try
        {
            _ = Interop.SpawnActionsInit(actions);
            _ = Interop.SpawnActionsAddOpen(actions, 0, "/dev/null", 0, 0);
            Redirect(actions, 1, output);
            Redirect(actions, 2, error);

            // The runtime ignores SIGPIPE; a child must not.
            var signals = stackalloc byte[128];
            signals[(13 - 1) / 8] = 1 << (13 - 1) % 8;
            _ = Interop.SpawnAttributesInit(attributes);
            _ = Interop.SpawnAttributesSetSignalDefaults(attributes, signals);
            _ = Interop.SpawnAttributesSetFlags(attributes, Interop.SpawnSetSignalDefaults);

            var failure = Interop.PosixSpawn(out var pid, path, actions, attributes, argv, envp);
            return failure == 0
                ? new ChildProcess(pid)
                : throw new IOException($"cannot execute {file}: {Marshal.GetPInvokeErrorMessage(failure)} (errno {failure})");
        }
        finally
        {
            _ = Interop.SpawnActionsDestroy(actions);
            _ = Interop.SpawnAttributesDestroy(attributes);
            Marshal.FreeCoTaskMem((nint)path);
            Free(argv);
            Free(envp);
        }
    }

    /// <summary>The exit code, -1 for a signal; null when it has not ended within the time.</summary>
    internal int? Wait(TimeSpan timeout)
    {
        var begin = Stopwatch.GetTimestamp();
        while (_status is null)
        {
            if (Interop.WaitPid(pid, out var status, Interop.NoHang) == pid)
                _status = (status & 0x7f) == 0 ? status >> 8 & 0xff : -1;
            else if (Stopwatch.GetElapsedTime(begin) > timeout)
                return null;
            else
                Thread.Sleep(1);
        }
        return _status;
    }

    internal void Signal(int signal)
    {
        if (_status is null)
            _ = Interop.Kill(pid, signal);
    }

    private static unsafe void Redirect(byte* actions, int to, int from) =>
        _ = from < 0 ? Interop.SpawnActionsAddOpen(actions, to, "/dev/null", 1, 0) : Interop.SpawnActionsAddDup2(actions, from, to);

    private static unsafe byte** Vector(string[] items)
    {
        var vector = (byte**)NativeMemory.Alloc((nuint)(items.Length + 1), (nuint)sizeof(byte*));
        for (var i = 0; i < items.Length; i++)
        {
            var length = Encoding.UTF8.GetByteCount(items[i]);
            vector[i] = (byte*)NativeMemory.Alloc((nuint)length + 1);
            Encoding.UTF8.GetBytes(items[i], new Span<byte>(vector[i], length));
            vector[i][length] = 0;
        }
        vector[items.Length] = null;
        return vector;
    }

    private static unsafe void Free(byte** vector)
    {
        for (var item = vector; *item != null; item++)
            NativeMemory.Free(*item);
        NativeMemory.Free(vector);
    }
}
