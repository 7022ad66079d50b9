using Overseer.Core.Configuration;
using Overseer.Server.Proxies;
using Overseer.Server.Trust;

namespace Overseer.Configuration.Reading;

/// <summary>Reads <c>trusted_cidrs</c>, <c>allowed_origins</c> and <c>allowed_hosts</c>, <c>trusted_proxies</c>.</summary>
internal static class TrustReader
{
    public static IReadOnlyList<CidrBlock> TrustedCidrs(ConfigSection root) =>
        Items(root, "trusted_cidrs", CidrBlock.Parse, "is neither an IP address nor a block such as \"10.0.0.0/8\" or \"fd00::/8\"");

    public static TrustedProxies TrustedProxies(ConfigSection root)
    {
        var unix = false;
        var blocks = Items(
            root,
            "trusted_proxies",
            text =>
            {
                unix |= text == Server.Proxies.TrustedProxies.UnixWord;
                return text == Server.Proxies.TrustedProxies.UnixWord ? new ProxyItem(null) : CidrBlock.Parse(text) is { } block ? new ProxyItem(block) : null;
            },
            "is neither an IP address, nor a block such as \"10.0.0.0/8\" or \"fd00::/8\", nor \"unix\" (whoever may open our UNIX sockets)");
        return new TrustedProxies([.. blocks.Where(item => item.Block is not null).Select(item => item.Block!)], unix);
    }

    public static IReadOnlyList<WebOrigin> AllowedOrigins(ConfigSection root) => Items(
        root,
        "allowed_origins",
        WebOrigin.Parse,
        "is no origin such as \"https://console.example\" or \"http://localhost:3000\" (scheme, host, port, nothing after them; neither * nor null can be allowed, as any page could then connect)");

    public static IReadOnlyList<HostPort> AllowedHosts(ConfigSection root) => Items<HostPort?>(
        root,
        "allowed_hosts",
        text => HostPort.TryParse(text, out var host) ? host : null,
        "is no host such as \"overseer.example\" or \"overseer.example:8080\" (no scheme, no *)").Select(host => host!.Value).ToArray();

    private sealed record ProxyItem(CidrBlock? Block);

    private static List<T> Items<T>(ConfigSection root, string key, Func<string, T?> parse, string complaint)
    {
        var items = new List<T>();
        foreach (var (node, text) in Texts(root, key))
        {
            if (parse(text) is { } item) items.Add(item);
            else root.Fail(node, $"\"{text}\" {complaint}");
        }

        return items;
    }

    private static IEnumerable<(ConfigNode Node, string Text)> Texts(ConfigSection root, string key)
    {
        switch (root.Node(key))
        {
            case ConfigSequence list:
                foreach (var item in list.Items)
                {
                    if (item is ConfigScalar { Value: { } text }) yield return (item, text.Trim());
                    else root.Fail(item, $"must be text, not {item.Kind}");
                }

                break;
            case { } node:
                foreach (var text in root.CommaList(key) ?? []) yield return (node, text);
                break;
            default: break;
        }
    }
}
