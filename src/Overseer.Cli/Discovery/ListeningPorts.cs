using System.Globalization;

namespace Overseer.Cli.Discovery;

/// <summary>The ports on which sockets of this machine's network namespace listen, by the socket's inode; proc(5), <c>/proc/net/tcp</c>.</summary>
internal static class ListeningPorts
{
    private const int LocalColumn = 1;
    private const int StateColumn = 3;
    private const int InodeColumn = 9;
    private const string Listening = "0A"; // TCP_LISTEN
    private const string Bound = "07"; // what a UDP socket without a peer is

    /// <summary>All of them, TCP and UDP.</summary>
    internal static IReadOnlyDictionary<long, int> ByInode()
    {
        var ports = new Dictionary<long, int>();
        foreach ((string file, string state) in new[] { ("tcp", Listening), ("tcp6", Listening), ("udp", Bound), ("udp6", Bound) })
        {
            try
            {
                foreach (string line in File.ReadLines("/proc/net/" + file).Skip(1))
                    Add(line, state, ports);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // no such protocol here
            }
        }
        return ports;
    }

    private static void Add(string line, string state, Dictionary<long, int> ports)
    {
        string[] columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (columns.Length > InodeColumn && columns[StateColumn] == state && columns[LocalColumn].Split(':') is [_, var port]
            && int.TryParse(port, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int number)
            && long.TryParse(columns[InodeColumn], NumberStyles.None, CultureInfo.InvariantCulture, out long inode) && inode != 0)
        {
            ports[inode] = number;
        }
    }
}
