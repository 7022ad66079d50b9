using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Overseer.Server.Proxies;

/// <summary>Reads what proxies say: <c>Forwarded</c> (RFC 7239) and the older <c>X-Forwarded-…</c>. The last hop is that of the proxy nearest to us.</summary>
internal static class ForwardedHops
{
    private const string Standard = "Forwarded";
    private const string For = "X-Forwarded-For";
    private const string Scheme = "X-Forwarded-Proto";
    private const string Host = "X-Forwarded-Host";

    /// <summary>What proxies write, and others do not: whoever sends one of these is not the client itself.</summary>
    private static readonly string[] Signs = [Standard, For, Scheme, Host, "X-Forwarded-Port", "X-Forwarded-Server", "X-Real-IP", "Via"];

    /// <summary>Whether a proxy has touched a request.</summary>
    public static bool Has(IHeaderDictionary headers)
    {
        foreach (var sign in Signs)
        {
            if (headers.ContainsKey(sign))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The hops of <c>X-Forwarded-For</c>, with what the headers beside it say of each; a single value beside it is that of all.</summary>
    public static IReadOnlyList<ForwardedHop> OfOlder(IHeaderDictionary headers)
    {
        var clients = Items(headers[For]);
        var schemes = Items(headers[Scheme]);
        var hosts = Items(headers[Host]);
        var hops = new ForwardedHop[Math.Max(clients.Length, Math.Max(schemes.Length, hosts.Length) > 0 ? 1 : 0)];
        for (var fromLast = 1; fromLast <= hops.Length; fromLast++)
        {
            hops[^fromLast] = new ForwardedHop(FromLast(clients, fromLast), FromLast(schemes, fromLast), FromLast(hosts, fromLast));
        }

        return hops;
    }

    /// <summary>The hops of <c>Forwarded</c>; null when it cannot be read.</summary>
    public static IReadOnlyList<ForwardedHop>? OfStandard(IHeaderDictionary headers)
    {
        var hops = new List<ForwardedHop>();
        foreach (var line in headers[Standard])
        {
            foreach (var element in Split(line ?? "", ','))
            {
                if (element.Length > 0)
                {
                    if (Hop(element) is not { } hop)
                    {
                        return null;
                    }

                    hops.Add(hop);
                }
            }
        }

        return hops;
    }

    private static ForwardedHop? Hop(string element)
    {
        var hop = default(ForwardedHop);
        foreach (var pair in Split(element, ';'))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || Unquoted(pair[(equals + 1)..]) is not { } value)
            {
                return null;
            }

            hop = pair[..equals].ToLowerInvariant() switch
            {
                "for" when hop.For is null => hop with { For = value },
                "proto" when hop.Scheme is null => hop with { Scheme = value },
                "host" when hop.Host is null => hop with { Host = value },
                _ => hop,
            };
        }

        return hop;
    }

    private static string? FromLast(string[] items, int fromLast) => items.Length == 0 ? null : items[^Math.Min(fromLast, items.Length)];

    private static string[] Items(StringValues values) =>
        [.. values.SelectMany(line => (line ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];

    /// <summary>The parts between separators that are not inside quotes.</summary>
    private static List<string> Split(string text, char separator)
    {
        var parts = new List<string>();
        var quoted = false;
        var begin = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (quoted && text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '"')
            {
                quoted = !quoted;
            }
            else if (text[i] == separator && !quoted)
            {
                parts.Add(text[begin..i].Trim());
                begin = i + 1;
            }
        }

        parts.Add(text[begin..].Trim());
        return parts;
    }

    /// <summary>A token, or what a quoted string says; null when it is neither.</summary>
    private static string? Unquoted(string value)
    {
        if (!value.StartsWith('"'))
        {
            return value.Contains('"', StringComparison.Ordinal) ? null : value;
        }

        if (value.Length < 2 || !value.EndsWith('"'))
        {
            return null;
        }

        var text = new System.Text.StringBuilder(value.Length);
        for (var i = 1; i < value.Length - 1; i++)
        {
            if (value[i] == '\\')
            {
                i++;
            }

            text.Append(value[i]);
        }

        return text.ToString();
    }
}
