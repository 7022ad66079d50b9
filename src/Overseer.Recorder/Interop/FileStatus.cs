using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

/// <summary>The part of <c>struct statx</c> that is looked at; the kernel fills 256 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct FileStatus
{
    /// <summary>Which fields were filled.</summary>
    [FieldOffset(0)]
    public uint Mask;

    /// <summary>How many names the file has.</summary>
    [FieldOffset(16)]
    public uint Links;

    /// <summary>The owner.</summary>
    [FieldOffset(20)]
    public uint User;

    /// <summary>Type and permissions.</summary>
    [FieldOffset(28)]
    public ushort Mode;

    /// <summary>The file's number in its file system.</summary>
    [FieldOffset(32)]
    public long Inode;

    /// <summary>Bytes; of <c>/proc/PID/fd</c> the number of entries.</summary>
    [FieldOffset(40)]
    public long Size;
}
