using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

/// <summary>What the kernel says of a TCP socket (struct inet_diag_msg).</summary>
/// <param name="State">TCP state; 1 is established.</param>
/// <param name="User">Who made it; 0 too when no process holds it any more, and then the inode is 0.</param>
/// <param name="Inode">Its inode; 0 when no process holds it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DiagnosedSocket(byte State, int User, uint Inode);
