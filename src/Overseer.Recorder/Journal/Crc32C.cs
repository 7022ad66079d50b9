using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Overseer.Recorder.Journal;

// CRC-32C (Castagnoli) without the customary inversions at both ends. The processor's instruction has a latency of three cycles and a throughput
// of one, so long data runs as three independent chains that are joined with a table of "what the register becomes after a block of zeros".
internal static class Crc32C
{
    private const int Block = 1024;
    private static readonly uint[] AfterBlock = BuildTable();

    /// <summary>Continues <paramref name="crc"/> over <paramref name="data"/>.</summary>
    internal static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        while (data.Length >= 3 * Block)
        {
            crc = AppendThreeBlocks(crc, data);
            data = data[(3 * Block)..];
        }

        while (data.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, MemoryMarshal.Read<ulong>(data));
            data = data[sizeof(ulong)..];
        }

        foreach (var value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }

    private static uint AppendThreeBlocks(uint crc, ReadOnlySpan<byte> data)
    {
        ref var at = ref MemoryMarshal.GetReference(data[..(3 * Block)]);
        uint first = crc, second = 0, third = 0;
        for (nint i = 0; i < Block; i += sizeof(ulong))
        {
            first = BitOperations.Crc32C(first, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, i)));
            second = BitOperations.Crc32C(second, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, i + Block)));
            third = BitOperations.Crc32C(third, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, i + (2 * Block))));
        }

        return Shift(Shift(first) ^ second) ^ third;
    }

    private static uint Shift(uint crc)
    {
        var table = AfterBlock;
        return table[crc & 0xFF] ^ table[256 + ((crc >> 8) & 0xFF)] ^ table[512 + ((crc >> 16) & 0xFF)] ^ table[768 + (crc >> 24)];
    }

    private static uint[] BuildTable()
    {
        Span<uint> bits = stackalloc uint[32];
        for (var bit = 0; bit < 32; bit++)
        {
            var register = 1u << bit;
            for (var i = 0; i < Block; i += sizeof(ulong))
            {
                register = BitOperations.Crc32C(register, 0UL);
            }

            bits[bit] = register;
        }

        var table = new uint[4 * 256];
        for (var i = 0; i < table.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                if ((i >> bit & 1) != 0)
                {
                    table[i] ^= bits[(i / 256 * 8) + bit];
                }
            }
        }

        return table;
    }
}
