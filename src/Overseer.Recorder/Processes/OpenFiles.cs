using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Processes;

/// <summary>How many descriptors a process has.</summary>
internal static class OpenFiles
{
    /// <summary>Counts them. Since Linux 6.2 the size of the directory is the number of its entries; before that they are counted one by one.</summary>
    /// <exception cref="IOException">There is no such process.</exception>
    /// <exception cref="UnauthorizedAccessException">It is somebody else's.</exception>
    internal static unsafe long Count(int pid)
    {
        string directory = $"/proc/{pid}/fd";
        FileStatus status = default;
        return Libc.Statx(Libc.AT_FDCWD, directory, 0, Libc.STATX_SIZE, &status) == 0 && status.Size > 0
            ? status.Size
            : Directory.EnumerateFileSystemEntries(directory).LongCount();
    }
}
