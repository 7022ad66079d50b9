using System.Security.Cryptography;
using System.Text;

namespace Overseer.Server.Trust;

/// <summary>The SHA-256 of a token: all that the server keeps of one. Compared in constant time, printed by nothing.</summary>
internal sealed class TokenHash : IEquatable<TokenHash>
{
    private readonly byte[] _bytes;

    private TokenHash(byte[] bytes) => _bytes = bytes;

    /// <summary>The hash of a token.</summary>
    public static TokenHash Of(string token) => new(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Reads 64 hexadecimal digits.</summary>
    public static TokenHash? Parse(string hex)
    {
        if (hex.Length != SHA256.HashSizeInBytes * 2 || !hex.All(char.IsAsciiHexDigit))
        {
            return null;
        }

        return new TokenHash(Convert.FromHexString(hex));
    }

    /// <summary>As a configuration holds it: not the token, and of no use to get in.</summary>
    public string ToHex() => Convert.ToHexStringLower(_bytes);

    public bool Equals(TokenHash? other) => other is not null && CryptographicOperations.FixedTimeEquals(_bytes, other._bytes);

    public override bool Equals(object? obj) => Equals(obj as TokenHash);

    public override int GetHashCode() => BitConverter.ToInt32(_bytes);

    public override string ToString() => "***";
}
