using Overseer.Core.Configuration;

namespace Overseer.Configuration.Reading;

/// <summary>Reads <c>listen</c>: one address or a list.</summary>
internal static class ListenReader
{
    public static IReadOnlyList<ListenAddress> Read(ConfigSection root, bool isHub = false)
    {
        var addresses = new List<ListenAddress>();
        switch (root.Node("listen"))
        {
            case null or ConfigScalar { Value: "" }: return [ListenAddress.Default];
            case ConfigScalar scalar:
                Add(root, scalar, addresses, isHub);
                break;
            case ConfigSequence { Items: [] } empty:
                root.Fail(empty, "must name at least one address");
                break;
            case ConfigSequence list:
                foreach (var item in list.Items)
                {
                    if (item is ConfigScalar { Value: not null } scalar) Add(root, scalar, addresses, isHub);
                    else root.Fail(item, $"must be an address, not {item.Kind}");
                }

                break;
            case var other:
                root.Fail(other, $"must be an address or a list of addresses, not {other.Kind}");
                break;
        }

        return addresses;
    }

    private static void Add(ConfigSection root, ConfigScalar node, List<ListenAddress> addresses, bool isHub)
    {
        if (ListenAddressParser.Parse(node.Value!, out var error) is not { } address)
        {
            root.Fail(node, error!);
            return;
        }

        if (addresses.Contains(address) && address is not ListenAddress.Tcp { Port: 0 }) root.Fail(node, $"{address} is here twice");
        if (address is ListenAddress.Tcp { Encrypted: true } && root.Node("tls") is null) root.Fail(node, $"{address} needs a certificate: set tls.certificate and tls.key");
        addresses.Add(address);
        if (address is not ListenAddress.Tcp { IsLoopback: false } || root.Node("tokens") is not (null or ConfigSequence { Items: [] }) || root.Node("tokens_file") is not null) return;
        if (!isHub)
        {
            root.Warnings.Add(node, $"{address} can be reached from other machines, and no tokens are asked for: whoever is in trusted_cidrs may start the configured actions");
        }
        else if (root.Node("hub") is not ConfigMapping hub || hub.Entries.All(entry => entry.Key != "token"))
        {
            root.Warnings.Add(node, $"{address} can be reached from other machines, and the hub has no token, so that it serves this machine alone; set AUTH_TOKEN or hub.token");
        }
    }
}
