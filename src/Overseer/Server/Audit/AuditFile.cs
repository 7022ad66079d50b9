using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Processes;
using Libc = Overseer.Recorder.Interop.Interop;

namespace Overseer.Server.Audit;

/// <summary>The file of the audit log (<c>audit_file</c>): appended to, readable by its owner alone. Not thread-safe.</summary>
internal sealed class AuditFile : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private SafeFileHandle _file;

    private AuditFile(string path, SafeFileHandle file)
    {
        Path = path;
        _file = file;
    }

    /// <summary>The absolute path.</summary>
    public string Path { get; }

    /// <summary>Opens the file, which is made when there is none. One that is there is closed to everybody else.</summary>
    /// <exception cref="IOException">It cannot be opened, or is no ordinary file.</exception>
    public static AuditFile Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        return new AuditFile(path, OpenHandle(path));
    }

    /// <summary>Appends all bytes, or none: a line that came half onto a full disk would spoil the next one.</summary>
    /// <exception cref="IOException">They could not be written.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        var length = RandomAccess.GetLength(_file);
        try
        {
            RandomAccess.Write(_file, bytes, 0);
        }
        catch (IOException)
        {
            RandomAccess.SetLength(_file, length);
            throw;
        }
    }

    /// <summary>Goes on in the file that the path leads to now.</summary>
    /// <exception cref="IOException">It cannot be opened; the former one stays in use.</exception>
    public void Reopen()
    {
        var next = OpenHandle(Path);
        _file.Dispose();
        _file = next;
    }

    public void Dispose() => _file.Dispose();

    private static SafeFileHandle OpenHandle(string path)
    {
        // Before it is opened: that would wait for somebody at the other end of a pipe.
        if (FileIdentity.Of(path) is { IsRegular: false })
        {
            throw new IOException($"the audit file {path} is no ordinary file; choose another path with audit_file");
        }

        var file = Libc.OpenToAppend(path);
        if (file.IsInvalid)
        {
            throw new IOException($"cannot open the audit file {path}: {Errno.Describe(Marshal.GetLastPInvokeError())}; choose another path with audit_file");
        }

        try
        {
            File.SetUnixFileMode(file, OwnerOnly);
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file.Dispose();
            throw new IOException($"the audit file {path} belongs to somebody else; choose another path with audit_file", e);
        }
    }
}
