using System.Buffers.Text;
using System.Security.Cryptography;

namespace Overseer.Server.Trust;

/// <summary>Makes tokens that nobody can guess, of characters that headers, subprotocols, URLs and shells take as they are.</summary>
internal static class NewToken
{
    /// <summary>How tokens begin, so that they are known for what they are where they should not be.</summary>
    public const string Prefix = "ovs_";

    private const int SecretBytes = 32;

    /// <summary>A new one.</summary>
    public static string Make() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
}
