using System.Text.Json;

namespace Overseer.Protocols.Json;

/// <summary>Strings and names that a client wrote: bytes that are no UTF-8 and surrogates without partner are refused, not thrown.</summary>
internal static class UnicodeText
{
    /// <summary>Reads the string or property name the reader is on.</summary>
    public static bool TryRead(ref Utf8JsonReader reader, out string text)
    {
        try
        {
            text = reader.GetString() ?? "";
            return true;
        }
        catch (InvalidOperationException)
        {
            text = "";
            return false;
        }
    }
}
