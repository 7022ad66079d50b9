using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Overseer.Server.Trust;

/// <summary>A block of addresses, such as <c>10.0.0.0/8</c>. Immutable; two blocks are equal when they hold the same addresses.</summary>
public sealed record CidrBlock
{
    private readonly UInt128 _network;
    private readonly UInt128 _mask;

    /// <summary>Makes the block of <paramref name="prefixLength"/> bits that holds <paramref name="address"/>; IPv4-mapped addresses become IPv4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The prefix is longer than the address, or cuts through the part that makes an address IPv4-mapped.</exception>
    public CidrBlock(IPAddress address, int prefixLength)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            prefixLength -= 96;
            address = address.MapToIPv4();
        }

        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        ArgumentOutOfRangeException.ThrowIfNegative(prefixLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefixLength, bits);
        Family = address.AddressFamily;
        PrefixLength = prefixLength;
        _mask = prefixLength == 0 ? UInt128.Zero : UInt128.MaxValue << (bits - prefixLength);
        if (bits == 32) _mask &= uint.MaxValue;
        _network = Number(address) & _mask;
    }

    /// <summary><see cref="AddressFamily.InterNetwork"/> or <see cref="AddressFamily.InterNetworkV6"/>.</summary>
    public AddressFamily Family { get; }

    /// <summary>How many leading bits all its addresses share.</summary>
    public int PrefixLength { get; }

    /// <summary>Reads an address (then the block holds it alone) or <c>ADDRESS/BITS</c>; bits after the prefix do not matter.</summary>
    /// <param name="text">The text; IPv4 in four decimal numbers only.</param>
    /// <returns>The block, or null when the text is none.</returns>
    public static CidrBlock? Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!TryParseAddress(slash < 0 ? text : text[..slash], out var address)) return null;
        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var prefix = bits;
        if (slash >= 0)
        {
            var digits = text.AsSpan(slash + 1);
            if (digits.ContainsAnyExcept(AddressAlphabet.Digits)) return null;
            if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out prefix)) return null;
        }

        return prefix > bits || (address.IsIPv4MappedToIPv6 && prefix < 96) ? null : new CidrBlock(address, prefix);
    }

    /// <summary>
    /// Reads an address strictly: IPv4 as four decimal numbers without leading zeros, IPv6 without brackets and zone. What the platform's
    /// parser takes beside these (<c>127.1</c>, <c>0x7f000001</c>, <c>010.0.0.1</c>) means different hosts to different programs.
    /// </summary>
    public static bool TryParseAddress(ReadOnlySpan<char> text, out IPAddress address)
    {
        address = IPAddress.None;
        if (text.IsEmpty || text.ContainsAnyExcept(AddressAlphabet.Address)) return false;
        if (!IPAddress.TryParse(text, out var parsed)) return false;
        if (parsed.AddressFamily == AddressFamily.InterNetwork && !text.SequenceEqual(parsed.ToString())) return false;
        address = parsed;
        return true;
    }

    /// <summary>Whether an address is in the block; an IPv4-mapped one is taken as the IPv4 address it is, a zone does not matter.</summary>
    public bool Contains(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == Family && (Number(address) & _mask) == _network;
    }

    /// <summary>Whether all addresses of another block are in this one.</summary>
    public bool Contains(CidrBlock other) => other.Family == Family && other.PrefixLength >= PrefixLength && (other._network & _mask) == _network;

    /// <summary><c>10.0.0.0/8</c>, <c>::1/128</c>.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, _network);
        return string.Create(CultureInfo.InvariantCulture, $"{new IPAddress(Family == AddressFamily.InterNetwork ? bytes[12..] : bytes)}/{PrefixLength}");
    }

    private static UInt128 Number(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out var length)) throw new ArgumentException("not an IP address", nameof(address));
        return length == 4
            ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
