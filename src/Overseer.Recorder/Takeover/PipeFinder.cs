using Microsoft.Win32.SafeHandles;

namespace Overseer.Recorder.Takeover;

/// <summary>
/// Finds pipes again whose reading ends died with server and recorder: every program holds its output open for reading and writing, so the pipe lives on with all it holds, and can be opened
/// anew through <c>/proc/PID/fd/N</c> for as long as one of them lives.
/// </summary>
public static class PipeFinder
{
    /// <summary>Opens a reading end, not blocking, of each of these pipes that a process other than this one holds. One pass over <c>/proc</c>; thread-safe, blocks.</summary>
    /// <param name="inodes">Numbers of pipes, from <see cref="PipeInodes"/>.</param>
    /// <returns>By number; what is not found is missing. The caller's to dispose of.</returns>
    public static IReadOnlyDictionary<long, SafeFileHandle> Find(IReadOnlySet<long> inodes) => throw new NotImplementedException();
}
