using System.Runtime.InteropServices;

namespace Overseer.Recorder.Interop;

internal static unsafe partial class Interop
{
    /// <summary><c>sizeof(posix_spawn_file_actions_t)</c> of glibc.</summary>
    internal const int PosixSpawnActionsSize = 80;

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    internal static partial int PosixSpawnActionsInit(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen")]
    internal static partial int PosixSpawnActionsAddOpen(void* actions, int descriptor, byte* path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    internal static partial int PosixSpawnActionsAddDuplicate(void* actions, int descriptor, int target);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np")]
    internal static partial int PosixSpawnActionsAddChangeDirectory(void* actions, byte* path);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    internal static partial int PosixSpawnActionsAddCloseFrom(void* actions, int lowest);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    internal static partial int PosixSpawnActionsDestroy(void* actions);
}
