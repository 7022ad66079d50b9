using System.Buffers.Text;
using System.Text;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Processes;

/// <summary>The sockets among the descriptors of a process.</summary>
internal static unsafe class OpenSockets
{
    private const int PathBytes = 64;

    /// <summary>Their inodes; none when the process is gone or may not be looked into.</summary>
    internal static IReadOnlyList<long> InodesOf(int pid)
    {
        var inodes = new List<long>();
        byte* target = stackalloc byte[PathBytes];
        foreach (int descriptor in ProcessList.Descriptors(pid))
        {
            byte[] path = Encoding.ASCII.GetBytes($"/proc/{pid}/fd/{descriptor}\0");
            nint length;
            fixed (byte* start = path)
                length = Libc.ReadLink(start, target, PathBytes);
            var text = new ReadOnlySpan<byte>(target, (int)Math.Max(length, 0));
            if (text.StartsWith("socket:["u8) && Utf8Parser.TryParse(text[8..], out long inode, out _))
                inodes.Add(inode);
        }
        return inodes;
    }
}
