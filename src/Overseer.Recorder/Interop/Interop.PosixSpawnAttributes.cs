using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    /// <summary><c>sizeof(posix_spawnattr_t)</c> of glibc, rounded up.</summary>
    internal const int PosixSpawnAttributesSize = 336;

    internal const short POSIX_SPAWN_SETSIGDEF = 0x04;
    internal const short POSIX_SPAWN_SETSIGMASK = 0x08;
    internal const short POSIX_SPAWN_SETSID = 0x80;

    /// <summary><c>sizeof(sigset_t)</c> of glibc; the kernel looks at the first 8 bytes.</summary>
    internal const int SignalSetSize = 128;

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    internal static partial int PosixSpawnAttributesInit(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    internal static partial int PosixSpawnAttributesSetFlags(void* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    internal static partial int PosixSpawnAttributesSetSignalDefault(void* attributes, void* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    internal static partial int PosixSpawnAttributesSetSignalMask(void* attributes, void* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    internal static partial int PosixSpawnAttributesDestroy(void* attributes);
}
