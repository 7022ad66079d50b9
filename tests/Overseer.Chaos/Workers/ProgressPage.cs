using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Overseer.Chaos.Workers;

/// <summary>How far a life has come, in its own words; they are in the page cache, so the death of nobody takes them away.</summary>
/// <param name="Bytes">What was written, at least, by lane.</param>
internal sealed record ProgressPage(long[] Bytes, int MainPid, bool MainEnded, int DaemonPid, bool DaemonEnded)
{
    private const int Size = 8 * 8;

    /// <summary>Null: it has not begun.</summary>
    internal static ProgressPage? Read(string path)
    {
        Span<byte> page = stackalloc byte[Size];
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            if (RandomAccess.Read(file, page, 0) < Size)
                return null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        var numbers = new long[8];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = BinaryPrimitives.ReadInt64LittleEndian(page[(i * 8)..]);
        return numbers[4] == 0 ? null : new ProgressPage(numbers[..4], (int)numbers[4], numbers[5] != 0, (int)numbers[6], numbers[7] != 0);
    }
}
