using System.Diagnostics;

namespace Overseer.Bench;

/// <summary>
/// The verb <c>emit LINES BYTES WRITE GATE REPORT</c>: writes LINES lines of BYTES bytes and a newline to stdout, WRITE bytes a
/// write (rounded to whole lines, at least one), and leaves the time of its first and last write in the file REPORT.
/// </summary>
internal static class LineEmitter
{
    internal static int Run(ReadOnlySpan<string> arguments)
    {
        if (arguments.Length != 5)
        {
            Console.Error.WriteLine("usage: emit LINES BYTES WRITE GATE REPORT");
            return 2;
        }
        long lines = long.Parse(arguments[0]);
        int bytes = int.Parse(arguments[1]), write = int.Parse(arguments[2]);
        var block = Block(bytes, Math.Max(1, write / (bytes + 1)));
        Emit(block, bytes + 1, 0); // compiles the loop

        Gate.Pass(arguments[3]);
        var first = Stopwatch.GetTimestamp();
        Emit(block, bytes + 1, lines);
        var last = Stopwatch.GetTimestamp();
        if (arguments[4].Length > 0)
            EmitReport.Write(arguments[4], first, last);
        return 0;
    }

    private static byte[] Block(int bytes, int lines)
    {
        var pattern = "the quick brown fox jumps over the lazy dog 0123456789 "u8;
        var block = new byte[(bytes + 1) * lines];
        for (var i = 0; i < block.Length; i++)
            block[i] = i % (bytes + 1) == bytes ? (byte)'\n' : pattern[i % (bytes + 1) % pattern.Length];
        return block;
    }

    private static void Emit(byte[] block, int line, long lines)
    {
        var perBlock = block.Length / line;
        for (; lines > 0; lines -= perBlock)
            Interop.WriteAll(1, block.AsSpan(0, (int)Math.Min(perBlock, lines) * line));
    }
}
