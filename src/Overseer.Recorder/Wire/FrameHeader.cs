using System.Runtime.InteropServices;

namespace Overseer.Recorder.Wire;

/// <summary>What stands before each message: 8 bytes, little endian.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct FrameHeader
{
    internal const int Size = 8;

    /// <summary>Nothing longer is accepted: the kernel's own limit for arguments and environment is 6 MiB.</summary>
    internal const int MaxBodyBytes = 16 * 1024 * 1024;

    /// <summary>Bytes after this header.</summary>
    internal int Length;
    internal MessageKind Kind;

    /// <summary>How many of the descriptors that came along belong to this message; they come in the order of the messages.</summary>
    internal ushort Descriptors;
}
