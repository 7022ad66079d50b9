using System.Globalization;
using System.Net;

namespace Overseer.Server.Trust;

/// <summary>
/// The <c>host[:port]</c> of a <c>Host</c> header or an origin, read strictly and in one spelling: lower case, IPv6 in its shortest
/// form with brackets. Names keep a trailing dot, so that <c>localhost.</c> is not <c>localhost</c>.
/// </summary>
/// <param name="Host">The host.</param>
/// <param name="Port">The port, or null when none was written.</param>
/// <param name="IsAddress">Whether the host is an IP address.</param>
public readonly record struct HostPort(string Host, int? Port, bool IsAddress)
{
    /// <summary>Reads <c>example.com</c>, <c>127.0.0.1:8080</c>, <c>[::1]:8080</c>. No user, no path, no blanks, no IPv6 without brackets.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out HostPort value)
    {
        value = default;
        int? port = null;
        var end = text.Length;
        if (text.LastIndexOf(':') is >= 0 and var colon && colon > text.LastIndexOf(']'))
        {
            if (!TryPort(text[(colon + 1)..], out var number)) return false;
            port = number;
            end = colon;
        }

        var host = text[..end];
        if (host is ['[', .. var inner, ']'])
        {
            if (!inner.Contains(':') || !CidrBlock.TryParseAddress(inner, out var address)) return false;
            value = new HostPort($"[{address}]", port, IsAddress: true);
            return true;
        }

        if (CidrBlock.TryParseAddress(host, out var ip))
        {
            if (ip.AddressFamily != System.Net.Sockets.AddressFamily.InterNetwork) return false;
            value = new HostPort(ip.ToString(), port, IsAddress: true);
            return true;
        }

        var name = host.ToString().ToLowerInvariant();
        if (name.Length is 0 or > 255 || name.AsSpan().ContainsAnyExcept(AddressAlphabet.Name)) return false;
        // A name whose last label is a number is an IPv4 address in one of its odd spellings to some programs and a name to others.
        var last = name.TrimEnd('.');
        last = last[(last.LastIndexOf('.') + 1)..];
        if (last.Length == 0 || !last.AsSpan().ContainsAnyExcept(AddressAlphabet.Digits) || IsHexNumber(last)) return false;
        value = new HostPort(name, port, IsAddress: false);
        return true;
    }

    /// <summary><c>host</c> or <c>host:port</c>.</summary>
    public override string ToString() => Port is { } port ? string.Create(CultureInfo.InvariantCulture, $"{Host}:{port}") : Host;

    private static bool IsHexNumber(string label) =>
        label.StartsWith("0x", StringComparison.Ordinal) && !label.AsSpan(2).ContainsAnyExcept(AddressAlphabet.HexDigits);

    private static bool TryPort(ReadOnlySpan<char> text, out int port)
    {
        port = -1; // the platform's parser takes trailing NULs
        return text.Length is > 0 and <= 5 && !text.ContainsAnyExcept(AddressAlphabet.Digits)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= IPEndPoint.MaxPort;
    }
}
