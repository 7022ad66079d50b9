using System.Text;

namespace Overseer.Recorder.Interop;

/// <summary><c>struct sockaddr_un</c>: a path of at most 107 bytes and its NUL.</summary>
internal unsafe struct UnixAddress
{
    internal const int MaxPathBytes = 107;
    internal const int Size = 110;

    internal ushort Family;
    internal fixed byte Path[108];

    /// <summary>The address of that path.</summary>
    /// <exception cref="ArgumentException">The path is longer than the kernel takes.</exception>
    internal static UnixAddress For(string path)
    {
        var address = new UnixAddress { Family = Interop.AF_UNIX };
        int length = Encoding.UTF8.GetByteCount(path);
        if (length is 0 or > MaxPathBytes)
            throw new ArgumentException($"the socket path {path} has {length} bytes; a UNIX socket path has 1 to {MaxPathBytes}", nameof(path));
        Encoding.UTF8.GetBytes(path, new Span<byte>(address.Path, MaxPathBytes));
        return address;
    }
}
