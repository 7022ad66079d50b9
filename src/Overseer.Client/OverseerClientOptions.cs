namespace Overseer.Client;

/// <summary>Limits and times of a client. The defaults suit interactive programs on the same machine or network.</summary>
public sealed record OverseerClientOptions
{
    /// <summary>How long connecting, the upgrade included, may take. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an answer may take, a reconnect included. Default 30 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many events of one task wait for their reader before the client stops reading from the server, which then keeps them in the journal. Default
    /// 4,096. While an answer is awaited reading goes on, to at most 16 times as many.
    /// </summary>
    public int BufferedEvents { get; init; } = 4096;

    /// <summary>The largest message that is accepted from a server, in bytes. Default 64 MiB.</summary>
    public int MaxMessageBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How long to try to connect again after a connection was lost. Default 30 s; zero: do not try.</summary>
    public TimeSpan ReconnectFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause before the second attempt; it doubles with each. Default 50 ms (the first attempt is made at once).</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest pause between two attempts. Default 2 s.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The token that the server asks for, sent with <c>Authorization: Bearer</c>; null for none. Visible ASCII characters without blanks. Over an unencrypted connection
    /// whoever can read the network can read it.
    /// </summary>
    /// <exception cref="ArgumentException">It has other characters.</exception>
    public string? Token
    {
        get;
        init => field = value is null || (value.Length > 0 && value.All(letter => letter is > ' ' and < '\x7f'))
            ? value
            : throw new ArgumentException("a token has visible ASCII characters without blanks", nameof(value));
    }

    /// <summary>Where the random part of the pauses comes from: up to half of each. Default: a generator of the client's own.</summary>
    public Random? Random { get; init; }

    /// <summary>For <c>wss://</c>: a PEM file with the certificates of the authorities to trust, and no others. Default null: those of the system.</summary>
    public string? CaFile { get; init; }

    /// <summary>The clock for pauses and timeouts.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>All but the token.</summary>
    public override string ToString() => $"{nameof(OverseerClientOptions)} {{ {nameof(Token)} = {(Token is null ? "none" : "***")} }}";
}
