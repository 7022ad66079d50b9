using System.Globalization;
using System.Net;
using System.Text;
using Overseer.Server.Trust;

namespace Overseer.Configuration;

/// <summary>Reads the forms of <c>listen</c>: <c>:8080</c>, <c>8080</c>, <c>host:port</c>, <c>[::1]:8080</c>, <c>unix:/path</c>, <c>/path</c>, <c>./path</c>, <c>stdio</c>; TCP ones also with <c>http://</c> or <c>https://</c> before them.</summary>
public static class ListenAddressParser
{
    /// <summary>The longest path of a UNIX socket in bytes (unix(7): 108 with the final NUL).</summary>
    public const int MaxSocketPathBytes = 107;

    private const string Forms = "allowed are \":8080\", \"8080\", \"host:port\", \"[::1]:8080\", \"unix:/path\", \"/path\", \"./path\" and \"stdio\", those with a port also after \"http://\" or \"https://\"";

    /// <summary>Reads an address.</summary>
    /// <param name="text">The text.</param>
    /// <param name="error">What is wrong and what is allowed, when the result is null.</param>
    public static ListenAddress? Parse(string text, out string? error)
    {
        error = null;
        if (text == "stdio") return new ListenAddress.Stdio();
        if (text.StartsWith("http://", StringComparison.OrdinalIgnoreCase)) return Tcp(text["http://".Length..], out error) is { } plain ? plain with { Encrypted = false } : null;
        if (text.StartsWith("https://", StringComparison.OrdinalIgnoreCase)) return Tcp(text["https://".Length..], out error) is { } encrypted ? encrypted with { Encrypted = true } : null;
        if (text.StartsWith("unix:", StringComparison.Ordinal)) return Socket(UnixPath(text), out error);
        if (text.StartsWith('/') || text.StartsWith("./", StringComparison.Ordinal) || text.StartsWith("../", StringComparison.Ordinal)) return Socket(text, out error);
        return Tcp(text, out error);
    }

    private static ListenAddress.Tcp? Tcp(string text, out string? error)
    {
        error = null;
        if (TryPort(text, out var bare)) return new ListenAddress.Tcp("", bare);

        var colon = text.LastIndexOf(':');
        if (colon < 0 || text.Contains("://", StringComparison.Ordinal))
        {
            error = $"\"{text}\" is not an address to listen on; {Forms}";
            return null;
        }

        if (!TryPort(text[(colon + 1)..], out var port))
        {
            error = $"\"{text}\" has no port from 0 to 65535 after its last colon; {Forms}";
            return null;
        }

        if (Host(text[..colon]) is { } host) return new ListenAddress.Tcp(host, port);
        error = text[..colon].Contains(':', StringComparison.Ordinal)
            ? $"\"{text}\": an IPv6 address is written in brackets, as in \"[::1]:8080\""
            : $"\"{text[..colon]}\" is neither a name nor an address; {Forms}";
        return null;
    }

    private static string UnixPath(string text)
    {
        var path = text["unix:".Length..];
        return path.StartsWith("//", StringComparison.Ordinal) ? "/" + path.TrimStart('/') : path;
    }

    private static ListenAddress.UnixSocket? Socket(string path, out string? error)
    {
        error = null;
        if (path.Length == 0 || path.EndsWith('/')) error = "the path of a UNIX socket is missing, as in \"unix:/run/overseer.sock\"";
        else if (path.Contains('\0', StringComparison.Ordinal)) error = "a path cannot contain a NUL";
        else if (Encoding.UTF8.GetByteCount(path) is > MaxSocketPathBytes and var length)
            error = $"the path of a UNIX socket is limited to {MaxSocketPathBytes} bytes by the system, this one has {length}";
        return error is null ? new ListenAddress.UnixSocket(path) : null;
    }

    /// <summary>The host without brackets and in one spelling; empty for all addresses; null when it is none.</summary>
    private static string? Host(string text)
    {
        if (text is "" or "*") return "";
        if (text is ['[', .. var inner, ']'])
        {
            return inner.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(inner, out var address) ? address.ToString() : null;
        }

        return HostPort.TryParse(text, out var host) && host.Port is null ? host.Host : null;
    }

    private static bool TryPort(string text, out int port)
    {
        port = -1;
        return text.Length is > 0 and <= 5 && !text.AsSpan().ContainsAnyExcept(AddressAlphabet.Digits)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= IPEndPoint.MaxPort;
    }
}
