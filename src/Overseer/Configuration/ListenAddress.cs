using System.Globalization;
using System.Net;

namespace Overseer.Configuration;

/// <summary>Where a server listens. <see cref="object.ToString"/> gives the form that <c>listen</c> takes.</summary>
public abstract record ListenAddress
{
    private ListenAddress() { }

    /// <summary>Where a server listens that was told nothing: this machine alone.</summary>
    public static ListenAddress Default { get; } = new Tcp("127.0.0.1", 8080);

    /// <summary>A TCP port.</summary>
    /// <param name="Host">An IP address without brackets, a name (<c>localhost</c> is both loopback addresses), or empty for all addresses of this machine.</param>
    /// <param name="Port">The port; 0 for one that the system chooses.</param>
    public sealed record Tcp(string Host, int Port) : ListenAddress
    {
        /// <summary>Whether connections are encrypted; null for as <c>tls</c> says.</summary>
        public bool? Encrypted { get; init; }

        /// <summary>Whether every address of this machine is meant, in one family or both.</summary>
        public bool IsAny => Host.Length == 0 || (Address is { } address && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)));

        /// <summary>Whether only this machine can reach it.</summary>
        public bool IsLoopback => Host == "localhost" || (Address is { } address && IPAddress.IsLoopback(address));

        /// <summary>The host as an address; null when it is a name or empty.</summary>
        public IPAddress? Address => IPAddress.TryParse(Host, out var address) ? address : null;

        /// <inheritdoc/>
        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{Encrypted switch { true => "https://", false => "http://", null => "" }}{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
    }

    /// <summary>A UNIX socket.</summary>
    /// <param name="Path">The path as it was written; relative ones are under the working directory.</param>
    public sealed record UnixSocket(string Path) : ListenAddress
    {
        /// <inheritdoc/>
        public override string ToString() => $"unix:{Path}";
    }

    /// <summary>One JSON object a line on standard input and output; the end of input ends the server.</summary>
    public sealed record Stdio : ListenAddress
    {
        /// <inheritdoc/>
        public override string ToString() => "stdio";
    }
}
