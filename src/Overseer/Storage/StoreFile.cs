using Overseer.Core.Tasks.Storage;

namespace Overseer.Storage;

/// <summary>
/// The database as a file, held by one server. The hold is a flock on the file itself, which SQLite does not use; it is taken before SQLite opens the file and
/// given back after it has closed it, since closing any descriptor of the file drops the locks of a process that SQLite does use.
/// </summary>
internal sealed class StoreFile : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int WouldBlock = 11;

    private readonly FileStream _hold;

    private StoreFile(string path, FileStream hold)
    {
        Path = path;
        _hold = hold;
    }

    /// <summary>The file; absolute, links followed.</summary>
    public string Path { get; }

    /// <summary>SQLite's log of what is not in the file yet.</summary>
    public string Log => Path + "-wal";

    /// <summary>The index of <see cref="Log"/>, which processes share.</summary>
    public string SharedIndex => Path + "-shm";

    /// <summary>What SQLite goes back to when a transaction without a log was cut off: while the database was made.</summary>
    public string RollbackJournal => Path + "-journal";

    /// <summary>Bytes of it.</summary>
    public long Length => _hold.Length;

    /// <summary>Takes a file, which is made when there is none.</summary>
    /// <exception cref="StoreException">It is in use, or cannot be written or made.</exception>
    public static StoreFile Take(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            if (new FileInfo(path).LinkTarget is not null) path = File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
            var hold = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                BufferSize = 0,
                UnixCreateMode = OwnerOnly,
            });
            return new StoreFile(path, hold);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new StoreException($"the database {path} cannot be made: its directory does not exist; make it, or choose another file with db", e);
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            throw new StoreException($"the database {path} is in use by another server; stop it, or choose another file with db", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"the database {path} is not writable: {e.Message}; correct the permissions, or choose another file with db", e);
        }
    }

    /// <summary>Reads its beginning.</summary>
    /// <returns>How many bytes there were.</returns>
    public int ReadStart(Span<byte> start) => RandomAccess.Read(_hold.SafeFileHandle, start, 0);

    /// <summary>Takes other users' access away: parameters are in it as they were sent.</summary>
    public void MakePrivate()
    {
        if ((File.GetUnixFileMode(_hold.SafeFileHandle) & ~(OwnerOnly | UnixFileMode.UserExecute)) != UnixFileMode.None) File.SetUnixFileMode(_hold.SafeFileHandle, OwnerOnly);
    }

    /// <inheritdoc/>
    public void Dispose() => _hold.Dispose();
}
