using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder;

/// <summary>The recorder's log: one plain line for each thing that is worth one. When it is large at the start it becomes <c>.1</c>.</summary>
internal sealed class RecorderLog : IDisposable
{
    private const long LargeBytes = 1024 * 1024;

    private readonly SafeFileHandle _file;
    private readonly TimeProvider _clock;

    /// <summary>Opens it for appending, mode 0600.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    internal RecorderLog(string path, TimeProvider clock)
    {
        _clock = clock;
        if (new FileInfo(path) is { Exists: true, Length: > LargeBytes })
            File.Move(path, path + ".1", overwrite: true);
        _file = Libc.OpenToAppend(path);
        if (_file.IsInvalid)
            throw new IOException($"cannot open the log {path}: {Errno.Describe(System.Runtime.InteropServices.Marshal.GetLastPInvokeError())}");
    }

    /// <summary>One write a line, so that lines of several writers do not mix. A log that cannot be written (disk full) does not stop the recorder.</summary>
    internal unsafe void Write(string message)
    {
        string time = _clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        byte[] line = Encoding.UTF8.GetBytes($"{time} recorder[{Environment.ProcessId}] {message}\n");
        fixed (byte* bytes = line)
            _ = Libc.Write((int)_file.DangerousGetHandle(), bytes, (nuint)line.Length);
    }

    public void Dispose() => _file.Dispose();
}
