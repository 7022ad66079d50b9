using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Overseer.Recorder.Interop.Interop;

namespace Overseer.Recorder.Journal;

/// <summary>
/// Keeps blocks reserved behind a segment's end without making the file longer (its size says what arrived). Output never uses the last
/// <see cref="Floor"/> bytes, so that exits and gaps can be written on a full disk. Where the file system has no reservations, everything goes.
/// </summary>
internal sealed class SpaceReserve
{
    internal const int Floor = 64 << 10;
    private const int SmallestStep = 64 << 10;
    private const int LargestStep = 4 << 20;

    private long _reservedTo;
    private int _step = SmallestStep;
    private bool _unsupported;

    /// <summary>A new file: nothing is reserved.</summary>
    internal void Reset(long end) => _reservedTo = end;

    /// <summary>Bytes of output, at most <paramref name="wanted"/>, that may be written at <paramref name="at"/>; 0 and errno when there is no room.</summary>
    /// <param name="enough">With so much, no more is asked for.</param>
    internal int RoomForOutput(SafeFileHandle file, long at, int wanted, int enough, out int errno)
    {
        errno = 0;
        if (_unsupported)
        {
            return wanted;
        }

        var room = _reservedTo - Floor - at;
        if (room < enough)
        {
            var from = Math.Max(at, _reservedTo);
            // The step grows with what is written, so that a busy journal asks seldom and an idle one holds little.
            var target = Math.Max(at + enough + Floor, from + _step);
            if (Fallocate(file, KeepSize, from, target - from) == 0)
            {
                _reservedTo = target;
                _step = Math.Min(_step * 2, LargestStep);
                room = target - Floor - at;
            }
            else
            {
                errno = Marshal.GetLastPInvokeError();
                if (!JournalErrno.MeansFull(errno))
                {
                    // Not supported or interrupted: go on without, the write itself says when there is no room.
                    _unsupported = errno == JournalErrno.NotSupported;
                    errno = 0;
                    return wanted;
                }

                // The last of the room is worth taking, but not by the byte.
                room = room < 4096 ? 0 : room;
            }
        }

        return (int)Math.Clamp(room, 0, wanted);
    }
}
