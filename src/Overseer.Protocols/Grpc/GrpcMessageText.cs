using System.Text;

namespace Overseer.Protocols.Grpc;

/// <summary>Texts in <c>grpc-message</c>: UTF-8, with everything percent-encoded that is no printable ASCII, and the percent sign.</summary>
internal static class GrpcMessageText
{
    private const string Hex = "0123456789ABCDEF";

    public static string Encode(string text)
    {
        if (text.All(one => one is >= ' ' and <= '~' and not '%'))
            return text;
        var encoded = new StringBuilder(text.Length + 16);
        foreach (byte one in Encoding.UTF8.GetBytes(text))
        {
            if (one is >= (byte)' ' and <= (byte)'~' and not (byte)'%')
                encoded.Append((char)one);
            else
                encoded.Append('%').Append(Hex[one >> 4]).Append(Hex[one & 15]);
        }
        return encoded.ToString();
    }

    /// <summary>The text again; what is no proper escape stays as it is.</summary>
    public static string Decode(ReadOnlySpan<byte> encoded)
    {
        byte[] bytes = new byte[encoded.Length];
        int length = 0;
        for (int i = 0; i < encoded.Length; i++)
        {
            bool escape = encoded[i] == '%' && i + 2 < encoded.Length && char.IsAsciiHexDigit((char)encoded[i + 1]) && char.IsAsciiHexDigit((char)encoded[i + 2]);
            bytes[length++] = escape ? (byte)((Convert.FromHexString([(char)encoded[i + 1], (char)encoded[i + 2]]))[0]) : encoded[i];
            i += escape ? 2 : 0;
        }
        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}
