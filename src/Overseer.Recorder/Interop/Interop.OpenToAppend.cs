using Microsoft.Win32.SafeHandles;

namespace Overseer.Recorder.Interop;

internal static partial class Interop
{
    private const OpenFlags WriteOnlyAppend = (OpenFlags)0x401;

    /// <summary>A file that only grows, mode 0600; not <c>File.OpenHandle</c>, which locks what it opens. Invalid and errno when it cannot be opened.</summary>
    internal static SafeFileHandle OpenToAppend(string path) => Open(path, WriteOnlyAppend | OpenFlags.Create | OpenFlags.CloseOnExec, 0x180);
}
