using System.Diagnostics;

namespace Overseer.Server.Tests.Faults;

/// <summary>A real file system of some megabytes, mounted for a test; needs root, as the tests' machine has. Unmounted in any case.</summary>
internal sealed class Disk : IDisposable
{
    private readonly string _image = "";
    private bool _frozen;

    private Disk(string path, string image)
    {
        Path = path;
        _image = image;
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    /// <summary>A tmpfs.</summary>
    public static Disk Small(string path, int megabytes)
    {
        var disk = new Disk(path, "");
        Tool("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=0700", "overseer-test", path);
        return disk;
    }

    /// <summary>An ext4 in a file beside it, which can be frozen.</summary>
    public static Disk Freezable(string path, int megabytes)
    {
        var disk = new Disk(path, path + ".image");
        using (var image = File.Create(disk._image))
        {
            image.SetLength((long)megabytes << 20);
        }

        Tool("mkfs.ext4", "-q", "-F", disk._image);
        Tool("mount", "-o", "loop", disk._image, path);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.Delete(System.IO.Path.Combine(path, "lost+found"));
        return disk;
    }

    /// <summary>Takes all the room there is.</summary>
    public void Fill()
    {
        using var ballast = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var size = 1 << 20; size >= 1024; size /= 4)
        {
            try
            {
                while (true)
                {
                    ballast.Write(new byte[size]);
                }
            }
            catch (IOException)
            {
                // Not as much as that any more.
            }
        }
    }

    /// <summary>Gives it back.</summary>
    public void Empty() => File.Delete(Ballast);

    /// <summary>From now on whoever writes is stuck in the kernel and cannot even be killed.</summary>
    public void Freeze()
    {
        _frozen = true;
        Tool("fsfreeze", "-f", Path);
    }

    /// <summary>Lets everybody go on.</summary>
    public void Thaw()
    {
        Tool("fsfreeze", "-u", Path);
        _frozen = false;
    }

    /// <summary>Nobody is stuck in it any more.</summary>
    public void Release()
    {
        if (_frozen)
        {
            Thaw();
        }

        if (_image.Length == 0)
        {
            Empty();
        }
    }

    /// <summary>Unmounts it, and what uses it sees it to its end.</summary>
    public void Dispose()
    {
        Tool("umount", "-l", Path);
        if (_image.Length > 0)
        {
            File.Delete(_image);
        }
    }

    private static void Tool(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{file} {string.Join(' ', arguments)}: {errors}");
    }
}
