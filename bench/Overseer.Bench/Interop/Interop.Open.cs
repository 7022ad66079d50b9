using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overseer.Bench;

internal static partial class Interop
{
    internal const int WriteOnly = 1;
    internal const int NonBlocking = 0x800;
    internal const int CloseOnExec = 0x80000;

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags, int mode);

    internal static SafeFileHandle Open(string path, int flags) => new(Open(path, flags | CloseOnExec, 0), ownsHandle: true);
}
