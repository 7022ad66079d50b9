using System.Runtime.InteropServices;

namespace Overseer.Recorder.Tests.Journal;

/// <summary>A file system of a given size: a tmpfs, mounted for the test. Needs root, as the tests' machine has.</summary>
internal sealed partial class SmallDisk : IDisposable
{
    private readonly TempDirectory _place = new();

    internal SmallDisk(int kilobytes)
    {
        Path = System.IO.Path.Join(_place.Path, "disk");
        Directory.CreateDirectory(Path);
        Assert.True(Mount("none", Path, "tmpfs", 0, $"size={kilobytes}k") == 0, $"mount of a tmpfs: errno {Marshal.GetLastPInvokeError()}");
    }

    internal string Path { get; }

    internal string Journal => System.IO.Path.Join(Path, "journal");

    public void Dispose()
    {
        Assert.Equal(0, Unmount(Path, 2));
        _place.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string type, nuint flags, string options);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string target, int flags);
}
