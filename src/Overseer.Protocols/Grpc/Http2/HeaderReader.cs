using System.Text;

namespace Overseer.Protocols.Grpc.Http2;

/// <summary>
/// Reads a block of header fields (HPACK, RFC 7541) from a peer that was told to keep no dynamic table. So nothing is remembered from one block to the next, and of the static
/// table only the names matter that an answer to a call can have.
/// </summary>
internal static class HeaderReader
{
    private const int StaticEntries = 61;

    /// <summary>The fields of a block, in their order.</summary>
    /// <exception cref="FormatException">It is no such block, or refers to a dynamic table.</exception>
    public static List<HeaderField> Read(ReadOnlySpan<byte> block)
    {
        var fields = new List<HeaderField>();
        while (!block.IsEmpty)
        {
            byte first = block[0];
            if ((first & 0x80) != 0)
            {
                fields.Add(Static(Number(ref block, 7)));
                continue;
            }
            if ((first & 0xe0) == 0x20)
            {
                _ = Number(ref block, 5); // the size of the dynamic table, which was told to be none
                continue;
            }
            int index = Number(ref block, (first & 0x40) != 0 ? 6 : 4);
            string name = index == 0 ? Encoding.ASCII.GetString(Text(ref block)) : Static(index).Name;
            fields.Add(new HeaderField(name, Text(ref block)));
        }
        return fields;
    }

    private static HeaderField Static(int index) => index switch
    {
        8 => new HeaderField(":status", "200"u8.ToArray()),
        9 => new HeaderField(":status", "204"u8.ToArray()),
        10 => new HeaderField(":status", "206"u8.ToArray()),
        11 => new HeaderField(":status", "304"u8.ToArray()),
        12 => new HeaderField(":status", "400"u8.ToArray()),
        13 => new HeaderField(":status", "404"u8.ToArray()),
        14 => new HeaderField(":status", "500"u8.ToArray()),
        31 => new HeaderField("content-type", []),
        > 0 and <= StaticEntries => new HeaderField("", []),
        _ => throw new FormatException("a header refers to a table that there is not"),
    };

    /// <summary>Takes a number whose first bits share a byte with something else (RFC 7541, 5.1).</summary>
    private static int Number(ref ReadOnlySpan<byte> block, int bits)
    {
        int limit = (1 << bits) - 1;
        int value = block[0] & limit;
        block = block[1..];
        if (value < limit)
            return value;
        for (int shift = 0; shift <= 21; shift += 7)
        {
            if (block.IsEmpty)
                break;
            byte next = block[0];
            block = block[1..];
            value += (next & 0x7f) << shift;
            if ((next & 0x80) == 0)
                return value;
        }
        throw new FormatException("a header has a number without end");
    }

    private static byte[] Text(ref ReadOnlySpan<byte> block)
    {
        if (block.IsEmpty)
            throw new FormatException("a header ends before its text");
        bool huffman = (block[0] & 0x80) != 0;
        int length = Number(ref block, 7);
        if (length > block.Length)
            throw new FormatException("a header ends within its text");
        var text = block[..length];
        block = block[length..];
        return huffman ? HuffmanText.Decode(text) : text.ToArray();
    }
}
