using System.Runtime.InteropServices;

namespace Overseer.Recorder.Tests.Journal;

/// <summary>A pipe whose read end is what a writer splices from.</summary>
internal sealed partial class Pipe : IDisposable
{
    private const int SetPipeSize = 1031;
    private readonly int[] _ends = new int[2];

    internal Pipe(int size = 64 << 10)
    {
        Assert.Equal(0, MakePipe(_ends, 0x80000));
        Assert.True(Control(_ends[0], SetPipeSize, size) >= size);
    }

    internal int ReadEnd => _ends[0];

    internal unsafe void Write(ReadOnlySpan<byte> data)
    {
        fixed (byte* bytes = data)
        {
            Assert.Equal(data.Length, WriteAll(_ends[1], bytes, data.Length));
        }
    }

    internal void CloseWriteEnd()
    {
        if (_ends[1] >= 0)
        {
            _ = Close(_ends[1]);
            _ends[1] = -1;
        }
    }

    public void Dispose()
    {
        CloseWriteEnd();
        _ = Close(_ends[0]);
    }

    [LibraryImport("libc", EntryPoint = "pipe2")]
    private static partial int MakePipe([Out] int[] ends, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "write")]
    private static unsafe partial nint WriteAll(int descriptor, byte* bytes, nint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
