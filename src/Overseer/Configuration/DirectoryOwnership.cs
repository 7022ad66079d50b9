using Overseer.Recorder.Processes;

namespace Overseer.Configuration;

/// <summary>Whether a directory can be trusted with sockets and journals.</summary>
internal static class DirectoryOwnership
{
    private const UnixFileMode Foreign = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Checks a directory that exists.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="what">What it is for, in the message.</param>
    /// <param name="flag">The flag that chooses another.</param>
    /// <exception cref="PlacesException">It belongs to somebody else, or others may write in it.</exception>
    public static void Check(string path, string what, string flag)
    {
        // A link that somebody else has laid leads wherever he likes, today or tomorrow, whoever owns its end.
        if (FileOwner.Of(path, followLink: false, out _) is { } link && link.User != CurrentUser.Id && link.User != 0)
            throw Foreigner(path, what, flag, link.User);
        if (FileOwner.Of(path, followLink: true, out var error) is not { } owner)
            throw new PlacesException($"cannot look at the {what} directory {path} (errno {error}); choose another one with {flag}");
        if (owner.User != CurrentUser.Id) throw Foreigner(path, what, flag, owner.User);
        if ((owner.Mode & Foreign) != UnixFileMode.None)
        {
            throw new PlacesException(
                $"others may write in the {what} directory {path} (mode {Convert.ToString((int)owner.Mode, 8)}); close it with chmod go-w {path}, or choose another one with {flag}");
        }
    }

    private static PlacesException Foreigner(string path, string what, string flag, int user) =>
        new($"the {what} directory {path} belongs to user {user}, not to user {CurrentUser.Id} who runs this; choose another one with {flag}");
}
