using System.ComponentModel;
using System.Globalization;
using Overseer.Recorder.Processes;

namespace Overseer.Cli.Reporting.Spooling;

/// <summary>
/// The spools of one container: a directory for each life of its reporter, locked while that lives. What a dead one has left is delivered by the next.
/// </summary>
internal sealed class SpoolDirectory
{
    /// <summary>How many lives may wait; of a container that fails again and again while the hub is away, the oldest go.</summary>
    internal const int MaxEarlierLives = 32;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int MaxNameLength = 120;
    private const int IdLength = 36;

    private readonly string _directory;
    private readonly long _limit;
    private readonly Func<long, byte[]> _lostMessage;
    private readonly Action<string> _complain;

    /// <summary>Names the directory, which is made when it is needed.</summary>
    /// <param name="parent">Where the spools of all containers are.</param>
    /// <param name="containerId">The container.</param>
    /// <param name="limit">How many bytes there may be: half of them for earlier lives, if there are any.</param>
    /// <param name="lostMessage">Makes the message that says how many lines are gone.</param>
    /// <param name="complain">Is told what does not work.</param>
    internal SpoolDirectory(string parent, string containerId, long limit, Func<long, byte[]> lostMessage, Action<string> complain)
    {
        _directory = Path.Combine(parent, NameOf(containerId));
        _limit = limit;
        _lostMessage = lostMessage;
        _complain = complain;
    }

    /// <summary>What dead reporters of this container have left, the oldest first, and whether each has its end. Nobody else can take them meanwhile.</summary>
    internal IReadOnlyList<(Spool Spool, bool HasEnd)> TakeEarlier()
    {
        var taken = new List<(Spool, bool)>();
        try
        {
            if (!Directory.Exists(_directory))
                return taken;
            string[] lives = [.. Directory.GetDirectories(_directory).Where(life => Path.GetFileName(life).Length > IdLength).Order(StringComparer.Ordinal)];
            var free = new List<(string Life, DirectoryLock Lock)>();
            foreach (string life in lives)
            {
                if (TryLock(life) is { } mine)
                    free.Add((life, mine));
            }
            if (free.Count > MaxEarlierLives)
                _complain($"{free.Count - MaxEarlierLives} reports of earlier runs were given up: more than {MaxEarlierLives} wait for the hub");
            foreach ((string life, DirectoryLock mine) in free.SkipLast(MaxEarlierLives))
                Remove(life, mine);
            free = [.. free.TakeLast(MaxEarlierLives)];
            foreach ((string life, DirectoryLock mine) in free)
            {
                var place = new SpoolPlace(life);
                taken.Add((Spool.Open(Path.GetFileName(life)[^IdLength..], place, _limit / 2 / free.Count, _lostMessage, () => Remove(life, mine), out bool hasEnd), hasEnd));
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or Win32Exception)
        {
            _complain($"what an earlier reporter has left in {_directory} cannot be read: {failure.Message}");
        }
        return taken;
    }

    /// <summary>Begins a spool; in memory where there can be no directory.</summary>
    /// <param name="id">The id of its delivery.</param>
    /// <param name="now">The time.</param>
    /// <param name="shared">Whether there are earlier ones, so that it gets half of the room.</param>
    internal Spool Begin(Guid id, DateTimeOffset now, bool shared)
    {
        string name = id.ToString("D");
        long limit = shared ? _limit / 2 : _limit;
        string life = Path.Combine(_directory, now.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfffffff'-'", CultureInfo.InvariantCulture) + name);
        try
        {
            Directory.CreateDirectory(life, OwnerOnly);
            if (TryLock(life) is { } mine)
                return Spool.Open(name, new SpoolPlace(life), limit, _lostMessage, () => Remove(life, mine), out _);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or Win32Exception)
        {
            _complain($"no spool on the disk, what the hub does not take at once is kept in memory: {failure.Message}");
        }
        return Spool.Open(name, new SpoolPlace(null), limit, _lostMessage, null, out _);
    }

    // What may be in a name of a file, with an end that tells long ones apart.
    private static string NameOf(string containerId)
    {
        string name = Uri.EscapeDataString(containerId).Replace(".", "%2E", StringComparison.Ordinal);
        if (name.Length <= MaxNameLength)
            return name;
        ulong hash = 14695981039346656037; // FNV-1a
        foreach (char letter in name)
            hash = (hash ^ letter) * 1099511628211;
        return name[..MaxNameLength] + hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    private static DirectoryLock? TryLock(string life) => DirectoryLock.Take(life, TimeSpan.Zero);

    private void Remove(string life, DirectoryLock mine)
    {
        try
        {
            Directory.Delete(life, recursive: true);
            if (!Directory.EnumerateFileSystemEntries(_directory).Any())
                Directory.Delete(_directory);
        }
        catch (IOException)
        {
            // Another reporter begins there.
        }
        mine.Dispose();
    }
}
