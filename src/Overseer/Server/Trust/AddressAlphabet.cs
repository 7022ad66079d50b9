using System.Buffers;

namespace Overseer.Server.Trust;

/// <summary>Which characters may stand where in addresses. Anything else makes the whole text invalid, before any parser sees it.</summary>
internal static class AddressAlphabet
{
    public static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");
    public static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");
    public static readonly SearchValues<char> Address = SearchValues.Create("0123456789abcdefABCDEF:.");
    public static readonly SearchValues<char> Name = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_.");
    public static readonly SearchValues<char> Scheme = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789+-.");
}
