using System.Text;
using Overseer.Recorder.Processes;

namespace Overseer.Configuration.Reading;

/// <summary>Reads a file that holds secrets, if nobody else can.</summary>
internal static class SecretFile
{
    private const int MaxBytes = 1 << 20;
    private const UnixFileMode Open = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;

    /// <summary>Its text, or what is wrong with it; never both.</summary>
    public static (string? Text, string? Problem) Read(string path)
    {
        if (path.Contains('\0'))
        {
            return (null, "is no path of a file");
        }

        if (FileIdentity.Of(path) is { IsRegular: false })
        {
            return (null, $"{path} is no ordinary file");
        }

        try
        {
            using var file = File.OpenHandle(path);
            if (File.GetUnixFileMode(file) is var mode && (mode & Open) != UnixFileMode.None)
            {
                return (null, $"others may read or change {path} (mode {Convert.ToString((int)mode, 8)}); close it with chmod 600 {path}");
            }

            if (FileOwner.Of(path, followLink: true, out _) is { User: var user } && user != CurrentUser.Id && user != 0)
            {
                return (null, $"{path} belongs to user {user}, neither to root nor to user {CurrentUser.Id} who runs this");
            }

            var length = RandomAccess.GetLength(file);
            if (length > MaxBytes)
            {
                return (null, $"{path} has {length} bytes; {MaxBytes} are allowed");
            }

            var bytes = new byte[length];
            var read = RandomAccess.Read(file, bytes, 0);
            return (Encoding.UTF8.GetString(bytes, 0, read), null);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, $"there is no file {Path.GetFullPath(path)}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"{path} cannot be read: {e.Message}");
        }
    }

    /// <summary>Whether others can read a file; false when it cannot be looked at.</summary>
    public static bool IsOpen(string path) => FileOwner.Of(path, followLink: true, out _) is { Mode: var mode } && (mode & UnixFileMode.OtherRead) != UnixFileMode.None;
}
