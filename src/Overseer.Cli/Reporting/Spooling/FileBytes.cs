using Microsoft.Win32.SafeHandles;

namespace Overseer.Cli.Reporting.Spooling;

/// <summary>The bytes of a segment in a file, in a directory that only its owner may enter.</summary>
internal sealed class FileBytes : ISegmentBytes
{
    private readonly string _path;
    private readonly SafeFileHandle _file;

    private FileBytes(string path, SafeFileHandle file)
    {
        _path = path;
        _file = file;
    }

    public long Length => RandomAccess.GetLength(_file);

    /// <summary>Makes a new file, in the place of one that is there.</summary>
    internal static FileBytes Create(string path) => new(path, File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));

    /// <summary>Opens a file.</summary>
    internal static FileBytes Open(string path) => new(path, File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));

    public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(_file, bytes, offset);

    public int Read(long offset, Span<byte> bytes)
    {
        int length = 0;
        while (length < bytes.Length && RandomAccess.Read(_file, bytes[length..], offset + length) is > 0 and var count)
            length += count;
        return length;
    }

    public void Cut(long length) => RandomAccess.SetLength(_file, length);

    public void Delete() => File.Delete(_path);

    public void Dispose() => _file.Dispose();
}
