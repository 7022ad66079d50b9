using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

/// <summary><c>struct cmsghdr</c> of 64-bit Linux; its data follow directly, padded to 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ControlHeader
{
    internal const int SolSocket = 1;
    internal const int ScmRights = 1;
    internal const int Size = 16;

    internal nuint Length;
    internal int Level;
    internal int Type;

    /// <summary>Room for that many descriptors in one control message (<c>CMSG_SPACE</c>).</summary>
    internal static int SpaceFor(int descriptors) => Size + (((descriptors * sizeof(int)) + 7) & ~7);
}
