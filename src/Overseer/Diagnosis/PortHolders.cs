using System.Globalization;

namespace Overseer.Diagnosis;

/// <summary>Finds who listens at a TCP port: the sockets in <c>/proc/net/tcp</c> and <c>tcp6</c> (proc_pid_net(5)), and the processes that hold them.</summary>
internal static class PortHolders
{
    private const string Listening = "0A";

    /// <summary>All of them.</summary>
    public static IEnumerable<PortHolder> Of(int port)
    {
        foreach (var (user, inode) in Sockets(port))
        {
            var pid = ProcessWith(inode);
            yield return new PortHolder(user, pid, pid is { } found ? Text($"/proc/{found}/comm")?.Trim() : null);
        }
    }

    private static IEnumerable<(int User, string Inode)> Sockets(int port)
    {
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (var table in (string[])["/proc/net/tcp", "/proc/net/tcp6"])
        {
            foreach (var line in (Text(table) ?? "").Split('\n').Skip(1))
            {
                // sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode
                if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var local, _, Listening, _, _, _, var user, _, var inode, ..] && local.EndsWith(suffix, StringComparison.Ordinal))
                {
                    yield return (int.Parse(user, CultureInfo.InvariantCulture), inode);
                }
            }
        }
    }

    private static int? ProcessWith(string inode)
    {
        var target = $"socket:[{inode}]";
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
            {
                continue;
            }

            try
            {
                if (Directory.EnumerateFileSystemEntries($"{process}/fd").Any(descriptor => new FileInfo(descriptor).LinkTarget == target))
                {
                    return pid;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Somebody else's, or gone.
            }
        }

        return null;
    }

    private static string? Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
