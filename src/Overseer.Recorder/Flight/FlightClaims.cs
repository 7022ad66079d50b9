using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Flight;

/// <summary>
/// How a shell takes the place of the kernel, which alone can write into the page from outside: a directory for each start, in which the shell makes a file with its pid for a name
/// before it becomes the program. Making the file is the moment of the start. Whoever wants to know whether there was one removes the directory: either that succeeds, and a shell that
/// comes late finds no place for its file and gives up, or the file is there.
/// </summary>
internal sealed class FlightClaims(string root)
{
    /// <summary>Where the shell of that run makes its file.</summary>
    internal string PathOf(Guid run) => Path.Combine(root, run.ToString("N"));

    /// <summary>Makes the place. Recorder only, right before the shell is started.</summary>
    /// <returns>0 or the errno.</returns>
    internal int Prepare(Guid run)
    {
        if (Libc.Mkdir(PathOf(run), 0x1C0) == 0)
            return 0;
        int errno = Marshal.GetLastPInvokeError();
        if (errno != Errno.ENOENT)
            return errno;
        _ = Libc.Mkdir(root, 0x1C0);
        return Libc.Mkdir(PathOf(run), 0x1C0) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>The pid of the start; 0 when there was none, and there will be none any more.</summary>
    internal int Settle(Guid run)
    {
        string path = PathOf(run);
        while (Directory.Exists(path))
        {
            int pid = PidIn(path);
            if (pid != 0)
                return pid;
            try
            {
                Directory.Delete(path);
                return 0;
            }
            catch (DirectoryNotFoundException)
            {
                return 0;
            }
            catch (IOException) when (PidIn(path) != 0)
            {
                // It came in between.
            }
        }
        return 0;
    }

    internal void Remove(Guid run)
    {
        string path = PathOf(run);
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
    }

    internal void RemoveAllBut(IReadOnlySet<Guid> runs)
    {
        if (!Directory.Exists(root))
            return;
        foreach (string path in Directory.GetDirectories(root))
        {
            if (!Guid.TryParseExact(Path.GetFileName(path), "N", out Guid run) || !runs.Contains(run))
                Directory.Delete(path, recursive: true);
        }
    }

    private static int PidIn(string path)
    {
        try
        {
            foreach (string file in Directory.EnumerateFiles(path))
            {
                if (int.TryParse(Path.GetFileName(file), NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
                    return pid;
            }
        }
        catch (DirectoryNotFoundException)
        {
            // No place, no start.
        }
        return 0;
    }
}
