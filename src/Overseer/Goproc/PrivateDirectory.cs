using System.Runtime.InteropServices;
using Overseer.Hosting;
using Overseer.Recorder.Interop;
using static Overseer.Recorder.Interop.Interop;

namespace Overseer.Goproc;

/// <summary>The directory of the goproc socket: made for its owner alone where it is missing, left as it is where it is there.</summary>
internal static class PrivateDirectory
{
    private const uint OwnerOnly = 0b111_000_000;

    /// <summary>Makes a directory and those above it.</summary>
    /// <exception cref="StartupException">It cannot be made; the message is that of Go's <c>MkdirAll</c>.</exception>
    public static void Make(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        if (Path.GetDirectoryName(path) is { Length: > 0 } parent)
        {
            Make(parent);
        }

        if (Mkdir(path, OwnerOnly) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (!Directory.Exists(path))
            {
                throw new StartupException($"mkdir {path}: {Errno.Text(error)}");
            }
        }
    }
}
