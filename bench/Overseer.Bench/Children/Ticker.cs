using System.Buffers.Text;
using System.Diagnostics;

namespace Overseer.Bench;

/// <summary>
/// The verb <c>tick COUNT MICROSECONDS GATE</c>: writes a line with the monotonic clock's time, COUNT times, with a pause between.
/// The reader on the same machine subtracts.
/// </summary>
internal static class Ticker
{
    internal static int Run(ReadOnlySpan<string> arguments)
    {
        if (arguments.Length != 3)
        {
            Console.Error.WriteLine("usage: tick COUNT MICROSECONDS GATE");
            return 2;
        }
        var pause = long.Parse(arguments[1]);
        Tick(0, pause);
        Gate.Pass(arguments[2]);
        Tick(int.Parse(arguments[0]), pause);
        return 0;
    }

    private static void Tick(int count, long pause)
    {
        Span<byte> line = stackalloc byte[24];
        for (; count > 0; count--)
        {
            _ = Utf8Formatter.TryFormat(Stopwatch.GetTimestamp(), line, out var length);
            line[length] = (byte)'\n';
            Interop.WriteAll(1, line[..(length + 1)]);
            Interop.Pause(pause);
        }
    }
}
