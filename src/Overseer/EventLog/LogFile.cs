// The file itself. Whole batches go into one file, so no line is ever in two: the next file is begun between batches, and a batch that came half onto a full disk is cut
// off again before it goes elsewhere. An advisory lock keeps a second server away: two that write one file would complete each other's lines.

using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overseer.Configuration;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Processes;
using Libc = Overseer.Recorder.Interop.Interop;

namespace Overseer.EventLog;

/// <summary>Not thread-safe.</summary>
internal sealed class LogFile : IDisposable
{
    private const int LockTries = 50;
    private static readonly TimeSpan BetweenLockTries = TimeSpan.FromMilliseconds(20);
    private EventLogOptions _options;
    private string _path;
    private SafeFileHandle _file;
    private long _rotateFrom;

    private LogFile(EventLogOptions options, string path, SafeFileHandle file)
    {
        _options = options;
        _path = path;
        _file = file;
        _rotateFrom = options.MaxBytes;
        Inode = FileIdentity.Of(file).Inode;
    }

    /// <summary>The absolute path.</summary>
    public string Path => _path;

    /// <summary>Which file it is now.</summary>
    public long Inode { get; private set; }

    /// <summary>Bytes in it.</summary>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    public long Length => RandomAccess.GetLength(_file);

    /// <summary>Opens the file, which is made (mode 0600) when there is none.</summary>
    /// <exception cref="EventLogException">It cannot be opened, is no ordinary file, or another server writes it.</exception>
    public static LogFile Open(EventLogOptions options)
    {
        var path = System.IO.Path.GetFullPath(options.Path);
        return new LogFile(options, path, Open(path));
    }

    /// <summary>
    /// Goes by other options from now on. With another path the file is another at the next <see cref="Reopen"/>, as if it had been moved away.
    /// </summary>
    public void Use(EventLogOptions options)
    {
        _options = options;
        _path = System.IO.Path.GetFullPath(options.Path);
        _rotateFrom = options.MaxBytes;
    }

    /// <summary>Appends all bytes.</summary>
    /// <exception cref="IOException">Not all could be written; <see cref="Length"/> says how many were.</exception>
    public void Append(ReadOnlySpan<byte> bytes) => RandomAccess.Write(_file, bytes, 0);

    /// <summary>Cuts it back to a length it had.</summary>
    /// <exception cref="IOException">It cannot be cut.</exception>
    public void Cut(long length) => RandomAccess.SetLength(_file, length);

    /// <summary>If these bytes would make it larger than it may be: moves it, and the older ones, out of the way and begins a new one.</summary>
    /// <returns>Why that could not be done, once for each time it is tried; null when all is well.</returns>
    public string? RotateBefore(int bytes)
    {
        if (_options.MaxBytes == 0 || Length is var length && (length == 0 || length + bytes <= _rotateFrom))
        {
            return null;
        }

        try
        {
            // Somebody else has moved it already, and not said so yet.
            if (FileIdentity.Of(_path)?.Inode == Inode)
            {
                MoveAway();
            }

            Reopen();
            _rotateFrom = _options.MaxBytes;
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EventLogException)
        {
            _rotateFrom = length + bytes + (_options.MaxBytes / 8);
            return e.Message;
        }
    }

    /// <summary>Whether the path leads elsewhere by now, or nowhere.</summary>
    public bool IsMoved => FileIdentity.Of(_path)?.Inode != Inode;

    /// <summary>Goes on in the file that the path leads to now.</summary>
    /// <exception cref="EventLogException">It cannot be opened; the former one stays in use.</exception>
    public void Reopen()
    {
        if (!IsMoved)
        {
            return;
        }

        var next = Open(_path);
        _file.Dispose();
        _file = next;
        Inode = FileIdentity.Of(next).Inode;
    }

    /// <summary>The path of a file of that number in the log's directory, if there is one.</summary>
    public string? Find(long inode)
    {
        try
        {
            return Directory.EnumerateFiles(System.IO.Path.GetDirectoryName(_path)!).FirstOrDefault(path => FileIdentity.Of(path) is { IsRegular: true } file && file.Inode == inode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Opens a file that was the log before, to complete it.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle OpenFormer(string path) => Libc.OpenToAppend(path) is { IsInvalid: false } file ? file : throw new IOException($"cannot open {path}: {LastError()}");

    public void Dispose() => _file.Dispose();

    private static string LastError() => Errno.Describe(Marshal.GetLastPInvokeError());

    private static SafeFileHandle Open(string path)
    {
        // Before it is opened: that would wait for somebody at the other end of a pipe.
        if (FileIdentity.Of(path) is { IsRegular: false })
        {
            throw new EventLogException($"the event log {path} is no ordinary file; choose another path with log_file");
        }

        var file = Libc.OpenToAppend(path);
        if (file.IsInvalid)
        {
            throw new EventLogException($"cannot open the event log {path}: {LastError()}; choose another path with log_file");
        }

        // A process that was just being started when its last holder let go has it until it executes its program.
        using var never = new ManualResetEventSlim();
        var error = WriteLock.TryTake(file);
        for (var i = 0; i < LockTries && error == Errno.EAGAIN; i++)
        {
            never.Wait(BetweenLockTries);
            error = WriteLock.TryTake(file);
        }

        if (error == 0)
        {
            return file;
        }

        file.Dispose();
        throw new EventLogException(error == Errno.EAGAIN
            ? $"another server writes the event log {path}; give each server a log_file of its own"
            : $"cannot lock the event log {path}: {Errno.Describe(error)}; choose another path with log_file");
    }

    // From the oldest on, up to the first name that is free: whenever this is interrupted, nothing is overwritten but the oldest, and the next time goes on.
    private void MoveAway()
    {
        if (_options.Keep == 0)
        {
            File.Delete(_path);
            return;
        }

        var free = 1;
        while (free < _options.Keep && File.Exists(Numbered(free)))
        {
            free++;
        }

        for (var number = free; number > 1; number--)
        {
            File.Move(Numbered(number - 1), Numbered(number), overwrite: true);
        }

        File.Move(_path, Numbered(1), overwrite: true);
    }

    private string Numbered(int number) => string.Create(CultureInfo.InvariantCulture, $"{_path}.{number}");
}
