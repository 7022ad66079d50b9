using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Cgroups;

/// <summary>The interface files of groups: small texts, each read and written at once. Without exceptions, as groups vanish under whoever looks.</summary>
internal static unsafe class CgroupFile
{
    // write(2) only: a cgroup file must be neither created nor truncated.
    private const Libc.OpenFlags WriteOnly = (Libc.OpenFlags)1 | Libc.OpenFlags.CloseOnExec;

    /// <summary>Writes a value.</summary>
    /// <returns>0, or the errno of the open or of the write.</returns>
    internal static int Write(string directory, string name, string value)
    {
        using SafeFileHandle file = Libc.Open($"{directory}/{name}", WriteOnly, 0);
        if (file.IsInvalid)
            return Marshal.GetLastPInvokeError();
        byte[] bytes = Encoding.ASCII.GetBytes(value);
        fixed (byte* start = bytes)
            return Libc.Write((int)file.DangerousGetHandle(), start, (nuint)bytes.Length) >= 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>0 when the file may be written, else why not.</summary>
    internal static int CanWrite(string directory, string name)
    {
        using SafeFileHandle file = Libc.Open($"{directory}/{name}", WriteOnly, 0);
        return file.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
    }

    /// <summary>The whole text; null when it cannot be read.</summary>
    internal static string? Read(string directory, string name)
    {
        using SafeFileHandle file = Libc.Open($"{directory}/{name}", Libc.OpenFlags.ReadOnly | Libc.OpenFlags.CloseOnExec, 0);
        return file.IsInvalid ? null : Read(file);
    }

    /// <summary>The whole text from its start; null when the group is gone.</summary>
    internal static string? Read(SafeFileHandle file)
    {
        byte[] buffer = new byte[4096];
        int length = 0;
        while (true)
        {
            // Not through RandomAccess: it takes the file of a group that was removed (ENODEV, to lseek(2) also) for one that cannot seek, which is another exception.
            nint count;
            fixed (byte* start = buffer)
                count = Libc.Pread(file, start + length, (nuint)(buffer.Length - length), length);
            if (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR)
                continue;
            if (count < 0)
                return null;
            if (count == 0)
                return Encoding.ASCII.GetString(buffer, 0, length);
            length += (int)count;
            if (length == buffer.Length)
                Array.Resize(ref buffer, length * 2);
        }
    }
}
