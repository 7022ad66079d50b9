using System.Buffers.Binary;
using System.Text;

namespace Overseer.Recorder.Spawning;

/// <summary>Which other program the kernel needs to run this one: the name after <c>#!</c>, or an ELF file's dynamic loader.</summary>
internal static class ProgramInterpreter
{
    private const int LoaderSegment = 3;

    /// <summary>Null when it needs none, or when the file cannot be read.</summary>
    internal static string? Of(string file)
    {
        byte[] start = new byte[8192];
        int length;
        try
        {
            using var handle = File.OpenHandle(file);
            length = RandomAccess.Read(handle, start, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        ReadOnlySpan<byte> head = start.AsSpan(0, length);
        return head.StartsWith("#!"u8) ? OfScript(head) : head.StartsWith("\u007fELF"u8) ? OfElf(head) : null;
    }

    /// <summary>Whether it looks like something that the kernel executes by itself: an ELF file or a script. One that cannot be read passes.</summary>
    internal static bool IsProgram(string file)
    {
        Span<byte> start = stackalloc byte[4];
        try
        {
            using var handle = File.OpenHandle(file);
            int length = RandomAccess.Read(handle, start, 0);
            return start[..length].StartsWith("#!"u8) || start[..length].SequenceEqual("\u007fELF"u8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static string? OfScript(ReadOnlySpan<byte> head)
    {
        int end = head.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = head[2..(end < 0 ? head.Length : end)].Trim(" \t"u8);
        int space = line.IndexOfAny((byte)' ', (byte)'\t');
        return line.IsEmpty ? null : Encoding.UTF8.GetString(space < 0 ? line : line[..space]);
    }

    /// <summary>64-bit little-endian files: program headers from <c>e_phoff</c>, the one of type PT_INTERP names the loader.</summary>
    private static string? OfElf(ReadOnlySpan<byte> head)
    {
        if (head.Length < 64 || head[4] != 2 || head[5] != 1)
            return null;
        long offset = BinaryPrimitives.ReadInt64LittleEndian(head[32..]);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(head[54..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(head[56..]);
        for (int i = 0; i < count && size >= 56; i++)
        {
            long at = offset + ((long)i * size);
            if (at < 0 || at + 56 > head.Length)
                return null;
            ReadOnlySpan<byte> entry = head[(int)at..];
            if (BinaryPrimitives.ReadInt32LittleEndian(entry) != LoaderSegment)
                continue;
            long from = BinaryPrimitives.ReadInt64LittleEndian(entry[8..]);
            long bytes = BinaryPrimitives.ReadInt64LittleEndian(entry[32..]);
            return from >= 0 && bytes > 1 && from + bytes <= head.Length ? Encoding.UTF8.GetString(head.Slice((int)from, (int)bytes - 1)) : null;
        }
        return null;
    }
}
