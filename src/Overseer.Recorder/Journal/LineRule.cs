namespace Overseer.Recorder.Journal;

// Where lines end. The writer counts with it and the reader splits with it, so the two always agree. A line ends
//   - at '\n', which is not part of it (nor is one '\r' before it, which the reader drops; it counts for the limit);
//   - before the byte that would be one too many, as a partial line. If that byte continues a UTF-8 sequence, the whole sequence, at most three
//     bytes before it, goes with it;
//   - where its stream or its process ends: that is written down as a chunk of its own and not this class's business.
// All other bytes, NUL and invalid UTF-8 included, are content.
// A lane's state between two chunks is the length of its unfinished line and its last three bytes ("tail", the newest in the lowest byte).
internal static class LineRule
{
    internal enum Verdict
    {
        /// <summary>The line goes on behind the data.</summary>
        Unfinished,

        /// <summary>A line ends; the last of the consumed bytes is its '\n'.</summary>
        Line,

        /// <summary>The line reached the limit; the consumed bytes are content.</summary>
        Partial,
    }

    /// <summary>Finds the end of the line that has <paramref name="pending"/> bytes before <paramref name="data"/>.</summary>
    /// <param name="giveBack">Pending bytes that do not belong to the partial line but to the next one; not 0 only when nothing is consumed.</param>
    internal static Verdict Next(ReadOnlySpan<byte> data, int pending, uint tail, int max, out int consumed, out int giveBack)
    {
        giveBack = 0;
        var room = max - pending;
        var newline = (room < data.Length ? data[..(room + 1)] : data).IndexOf((byte)'\n');
        if (newline >= 0)
        {
            consumed = newline + 1;
            return Verdict.Line;
        }

        if (data.Length <= room)
        {
            consumed = data.Length;
            return Verdict.Unfinished;
        }

        var back = SplitSequence(data, room, tail);
        consumed = Math.Max(0, room - back);
        giveBack = Math.Max(0, back - room);
        return Verdict.Partial;
    }

    /// <summary>Counts the lines that end in <paramref name="data"/> and moves the lane's state behind it.</summary>
    /// <param name="beganHere">Whether the line that is unfinished now has all its bytes in <paramref name="data"/>.</param>
    internal static int Count(ReadOnlySpan<byte> data, ref int pending, ref uint tail, int max, out bool beganHere)
    {
        var lines = 0;
        beganHere = pending == 0;
        if (pending + (long)data.Length <= max)
        {
            lines = data.Count((byte)'\n');
            beganHere |= lines > 0;
            pending = lines > 0 ? data.Length - 1 - data.LastIndexOf((byte)'\n') : pending + data.Length;
        }
        else
        {
            lines = CountWithLimit(data, ref pending, tail, max, ref beganHere);
        }

        tail = Tail(data, tail);
        return lines;
    }

    /// <summary>The last three bytes of a lane after <paramref name="data"/>.</summary>
    internal static uint Tail(ReadOnlySpan<byte> data, uint tail)
    {
        foreach (var value in data.Length > 3 ? data[^3..] : data)
        {
            tail = (tail << 8) | value;
        }

        return tail;
    }

    private static int CountWithLimit(ReadOnlySpan<byte> data, ref int pending, uint tail, int max, ref bool beganHere)
    {
        var lines = 0;
        while (true)
        {
            var verdict = Next(data, pending, tail, max, out var consumed, out var giveBack);
            if (verdict == Verdict.Unfinished)
            {
                pending += consumed;
                return lines;
            }

            lines++;
            beganHere = giveBack == 0;
            pending = giveBack;
            tail = Tail(data[..consumed], tail);
            data = data[consumed..];
        }
    }

    // How many bytes before data[at] belong to the same UTF-8 sequence as data[at].
    private static int SplitSequence(ReadOnlySpan<byte> data, int at, uint tail)
    {
        if ((data[at] & 0xC0) != 0x80)
        {
            return 0;
        }

        for (var back = 1; back <= 3; back++)
        {
            var value = back <= at ? data[at - back] : (byte)(tail >> (8 * (back - at - 1)));
            if ((value & 0xC0) == 0x80)
            {
                continue;
            }

            var length = value switch { >= 0xF8 => 0, >= 0xF0 => 4, >= 0xE0 => 3, >= 0xC0 => 2, _ => 0 };
            return length > back ? back : 0;
        }

        return 0;
    }
}
