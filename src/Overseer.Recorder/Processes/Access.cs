using System.Text;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Processes;

/// <summary>What this process may do with a path, as access(2) says it: permissions and a file system that is read-only both count.</summary>
internal static unsafe class Access
{
    /// <summary>Whether it may write there.</summary>
    internal static bool CanWrite(string path)
    {
        fixed (byte* bytes = Encoding.UTF8.GetBytes(path + '\0'))
            return Libc.Access(bytes, Libc.W_OK) == 0;
    }
}
