using System.Text;
using Overseer.Recorder.Interop;

namespace Overseer.Registry;

/// <summary>A file that only its owner reads, replaced as a whole: who reads finds the former content or the new one, after a loss of power too.</summary>
internal static class DurableFile
{
    /// <summary>Writes a file anew.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes its content, in large pieces.</param>
    /// <exception cref="IOException">It cannot be written; the former one is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be written; the former one is as it was.</exception>
    public static void Replace(string path, Action<Stream> write)
    {
        var draft = path + ".new";

        // Made, never opened: in a directory that others can write to, it might lead elsewhere.
        File.Delete(draft);
        using (var file = new FileStream(draft, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            write(file);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
        using var directory = Interop.OpenForReading(Encoding.UTF8.GetBytes(Path.GetDirectoryName(Path.GetFullPath(path)) + "\0"));
        if (!directory.IsInvalid)
        {
            _ = Interop.Fsync(directory);
        }
    }
}
