using System.Text;

namespace Overseer.Protocols.Grpc.Http2;

/// <summary>Writes a block of header fields in the plainest form of HPACK (RFC 7541, 6.2.2): each with its name and value in full, to be remembered by nobody.</summary>
internal static class HeaderWriter
{
    public static byte[] Write(params ReadOnlySpan<(string Name, string Value)> fields)
    {
        var block = new List<byte>(256);
        foreach ((string name, string value) in fields)
        {
            block.Add(0);
            Text(block, name);
            Text(block, value);
        }
        return [.. block];
    }

    private static void Text(List<byte> block, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int rest = bytes.Length;
        if (rest < 0x7f)
        {
            block.Add((byte)rest);
        }
        else
        {
            block.Add(0x7f);
            for (rest -= 0x7f; rest >= 0x80; rest >>= 7)
                block.Add((byte)(0x80 | (rest & 0x7f)));
            block.Add((byte)rest);
        }
        block.AddRange(bytes);
    }
}
