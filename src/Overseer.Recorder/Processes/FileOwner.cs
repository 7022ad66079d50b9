using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Processes;

/// <summary>Whose a file is, which the BCL does not tell.</summary>
internal static class FileOwner
{
    private const int TypeMask = 0xF000;
    private const int SocketType = 0xC000;

    /// <summary>Whether a path, its last link followed, is a UNIX socket; false too when there is nothing or it cannot be looked at.</summary>
    public static unsafe bool IsSocket(string path)
    {
        FileStatus status = default;
        return Libc.Statx(Libc.AT_FDCWD, path, 0, Libc.STATX_TYPE_MODE_UID, &status) == 0 && (status.Mode & TypeMask) == SocketType;
    }

    /// <summary>The owner's user id and the permission bits of a path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="followLink">Whether a symbolic link at its end stands for what it points to.</param>
    /// <param name="error">The errno when the result is null.</param>
    public static unsafe (int User, UnixFileMode Mode)? Of(string path, bool followLink, out int error)
    {
        FileStatus status = default;
        var result = Libc.Statx(Libc.AT_FDCWD, path, followLink ? 0 : Libc.AT_SYMLINK_NOFOLLOW, Libc.STATX_TYPE_MODE_UID, &status);
        error = result == 0 ? 0 : Marshal.GetLastPInvokeError();
        return result == 0 ? ((int)status.User, (UnixFileMode)(status.Mode & 0xFFF)) : null;
    }
}
