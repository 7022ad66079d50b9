using System.Globalization;

namespace Overseer.Client;

/// <summary>Where a server listens: a TCP address or a UNIX socket. Immutable.</summary>
public sealed record OverseerEndpoint
{
    private const int DefaultPort = 8080;
    private const string UnixPrefix = "unix:";

    private OverseerEndpoint(Uri uri, string? socketPath, string text)
    {
        Uri = uri;
        SocketPath = socketPath;
        Text = text;
    }

    /// <summary>What is asked for: <c>ws://HOST:PORT/ws</c> or <c>wss://…</c>; for a UNIX socket <c>ws://localhost/ws</c>.</summary>
    public Uri Uri { get; }

    /// <summary>The path of the UNIX socket; null for TCP.</summary>
    public string? SocketPath { get; }

    /// <summary>The endpoint as a user would write it.</summary>
    public string Text { get; }

    /// <summary>A server's UNIX socket.</summary>
    /// <param name="path">The socket file.</param>
    public static OverseerEndpoint Unix(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new OverseerEndpoint(new Uri("ws://localhost/ws"), path, UnixPrefix + path);
    }

    /// <summary>
    /// Reads <c>ws://HOST[:PORT][/PATH]</c>, <c>wss://…</c> (also <c>http</c>, <c>https</c>), <c>HOST:PORT</c>, <c>:PORT</c> (this machine), <c>unix:/PATH</c>, or a path that begins
    /// with <c>/</c> or <c>./</c>. The path of a URL is <c>/ws</c> when it has none.
    /// </summary>
    /// <exception cref="FormatException">It is none of these; the message says so.</exception>
    public static OverseerEndpoint Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal) && text.Length > UnixPrefix.Length)
            return Unix(text[UnixPrefix.Length..]);
        if (text.StartsWith('/') || text.StartsWith("./", StringComparison.Ordinal))
            return Unix(text);
        return TryUri(text, out Uri? uri)
            ? new OverseerEndpoint(uri, null, WithoutToken(text))
            : throw new FormatException($"'{text}' is no address of a server: write ws://HOST:PORT, HOST:PORT or unix:/PATH");
    }

    /// <summary>The same for a hub, which has other paths: a URL's stays as it is, and is <c>/</c> when it has none.</summary>
    /// <exception cref="FormatException">It is no address; the message says so.</exception>
    internal static OverseerEndpoint ParseHub(string text)
    {
        OverseerEndpoint parsed = Parse(text);
        if (parsed.SocketPath is { } path)
            return new OverseerEndpoint(new Uri("ws://localhost/"), path, parsed.Text);
        bool named = text.Contains("://", StringComparison.Ordinal) && Uri.TryCreate(text, UriKind.Absolute, out Uri? given) && given.AbsolutePath != "/";
        return named ? parsed : new OverseerEndpoint(new UriBuilder(parsed.Uri) { Path = "/" }.Uri, null, parsed.Text);
    }

    // A token in the query is asked for, and not to be seen in messages.
    private static string WithoutToken(string text)
    {
        int query = text.IndexOf('?', StringComparison.Ordinal);
        return query < 0
            ? text
            : text[..query] + "?" + string.Join('&', text[(query + 1)..].Split('&').Select(part => part.StartsWith("token=", StringComparison.Ordinal) ? "token=***" : part));
    }

    private static bool TryUri(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Uri? uri)
    {
        uri = null;
        if (!text.Contains("://", StringComparison.Ordinal))
        {
            if (text.Length == 0 || text.Contains('/', StringComparison.Ordinal))
                return false;
            if (text is "unix:")
                return false;
            if (text.All(char.IsAsciiDigit))
                text = ":" + text;
            if (text.StartsWith(':'))
                text = "127.0.0.1" + text;
            bool hasPort = text.LastIndexOf(':') > text.LastIndexOf(']');
            text = "ws://" + text + (hasPort ? "" : ":" + DefaultPort.ToString(CultureInfo.InvariantCulture));
        }
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? parsed) || parsed.Host.Length == 0)
            return false;
        string? scheme = parsed.Scheme switch { "ws" or "http" => "ws", "wss" or "https" => "wss", _ => null };
        if (scheme is null)
            return false;
        int port = parsed.IsDefaultPort ? -1 : parsed.Port;
        uri = new UriBuilder(scheme, parsed.Host, port, parsed.AbsolutePath is "/" ? "/ws" : parsed.AbsolutePath) { Query = parsed.Query }.Uri;
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
