using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Processes;

/// <summary>Which file something is, whatever it is called.</summary>
/// <param name="Inode">Its number in its file system.</param>
/// <param name="IsRegular">Whether it is an ordinary file: no directory, device, pipe or socket.</param>
internal readonly record struct FileIdentity(long Inode, bool IsRegular)
{
    private const ushort TypeMask = 0xF000;
    private const ushort RegularType = 0x8000;

    /// <summary>The file at a path, links followed; null when there is none or it cannot be looked at.</summary>
    public static unsafe FileIdentity? Of(string path)
    {
        FileStatus status = default;
        return Libc.Statx(Libc.AT_FDCWD, path, 0, Libc.STATX_INO | Libc.STATX_TYPE_MODE_UID, &status) == 0 ? From(status) : null;
    }

    /// <summary>An open file.</summary>
    public static unsafe FileIdentity Of(SafeFileHandle file)
    {
        FileStatus status = default;
        return Libc.Statx((int)file.DangerousGetHandle(), "", Libc.AT_EMPTY_PATH, Libc.STATX_INO | Libc.STATX_TYPE_MODE_UID, &status) == 0 ? From(status) : default;
    }

    private static FileIdentity From(in FileStatus status) => new(status.Inode, (status.Mode & TypeMask) == RegularType);
}
