using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Overseer.Recorder.Interop.Interop;

namespace Overseer.Recorder.Journal;

/// <summary>Whole writes at an offset, with errno as the result.</summary>
internal static unsafe class SegmentWrites
{
    /// <summary>0, or the errno after which an unknown part was written.</summary>
    internal static int Write(SafeFileHandle file, byte* bytes, int count, long offset)
    {
        while (count > 0)
        {
            var written = Pwrite(file, bytes, (nuint)count, offset);
            if (written >= 0)
            {
                bytes += written;
                count -= (int)written;
                offset += written;
            }
            else if (Marshal.GetLastPInvokeError() is var errno and not JournalErrno.Interrupted)
            {
                return errno;
            }
        }

        return 0;
    }

    /// <summary>Turns an errno other than 0 into the exception that fits.</summary>
    /// <exception cref="JournalFullException">The file cannot grow now.</exception>
    /// <exception cref="JournalException">Any other error.</exception>
    internal static void Check(int errno, string path)
    {
        if (errno != 0)
        {
            throw JournalErrno.MeansFull(errno) ? new JournalFullException(path, errno) : JournalException.FromErrno("write", path, errno);
        }
    }
}
