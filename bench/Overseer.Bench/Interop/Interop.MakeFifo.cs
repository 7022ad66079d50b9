using System.Runtime.InteropServices;

namespace Overseer.Bench;

internal static partial class Interop
{
    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int MakeFifo(string path, uint mode);

    internal static void MakeFifo(string path)
    {
        if (MakeFifo(path, 0x180 /* 0600 */) != 0)
            throw LastError("mkfifo " + path);
    }
}
