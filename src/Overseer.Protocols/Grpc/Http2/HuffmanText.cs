namespace Overseer.Protocols.Grpc.Http2;

/// <summary>Reads texts in the Huffman code of RFC 7541, appendix B. That code is canonical: the lengths of its words tell all the words.</summary>
internal static class HuffmanText
{
    private const int Shortest = 5;
    private const int Longest = 30;
    private const int End = 256;

    // Of each byte, and of the end, which is never written.
    private static ReadOnlySpan<byte> Lengths =>
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
    ];

    /// <summary>The bytes that a text stands for.</summary>
    /// <exception cref="FormatException">It is no such text.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> encoded)
    {
        byte[] bytes = new byte[encoded.Length * 8 / Shortest];
        int length = 0;
        uint word = 0;
        int bits = 0;
        foreach (byte one in encoded)
        {
            for (int bit = 7; bit >= 0; bit--)
            {
                word = (word << 1) | (uint)((one >> bit) & 1);
                bits++;
                if (bits < Shortest || SymbolOf(word, bits) is not { } symbol)
                    continue;
                if (symbol == End)
                    throw new FormatException("a Huffman text has an end in it");
                bytes[length++] = (byte)symbol;
                word = 0;
                bits = 0;
            }
        }
        // What is left is the beginning of the end's word, which is all ones, and less than a byte.
        return bits < 8 && word == (1u << bits) - 1 ? bytes[..length] : throw new FormatException("a Huffman text ends within a word");
    }

    /// <summary>Words of one length follow each other in the order of what they stand for, and go on with the next length, a bit longer.</summary>
    private static int? SymbolOf(uint word, int bits)
    {
        uint first = 0;
        for (int length = Shortest; length <= Math.Min(bits, Longest); length++)
        {
            uint count = (uint)Lengths.Count((byte)length);
            if (length == bits)
                return word - first < count ? At(length, (int)(word - first)) : null;
            first = (first + count) << 1;
        }
        throw new FormatException("a Huffman text has a word that there is not");
    }

    private static int At(int length, int index)
    {
        for (int symbol = 0; ; symbol++)
        {
            if (Lengths[symbol] == length && index-- == 0)
                return symbol;
        }
    }
}
