using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overseer.Bench;

/// <summary>
/// A FIFO that holds a writer back until everybody listens, so that its own start is no part of what is measured.
/// </summary>
internal sealed class Gate : IDisposable
{
    private SafeFileHandle? _writer;

    internal Gate(string directory)
    {
        Path = System.IO.Path.Combine(directory, Guid.NewGuid().ToString("N") + ".gate");
        Interop.MakeFifo(Path);
    }

    internal string Path { get; }

    /// <summary>Waits until the child stands before the gate.</summary>
    internal void AwaitChild()
    {
        var begin = Stopwatch.GetTimestamp();
        while (_writer is null)
        {
            var writer = Interop.Open(Path, Interop.WriteOnly | Interop.NonBlocking);
            if (!writer.IsInvalid)
            {
                _writer = writer;
            }
            else if (Marshal.GetLastPInvokeError() != Interop.NoSuchDevice)
            {
                throw Interop.LastError("open " + Path);
            }
            else
            {
                if (Stopwatch.GetElapsedTime(begin) > TimeSpan.FromSeconds(20))
                    throw new TimeoutException("the line writer has not come to its gate within 20 s");
                Thread.Sleep(1);
            }
        }
        // It has opened its end, but may not have finished preparing itself.
        Thread.Sleep(20);
    }

    /// <summary>Lets the child through.</summary>
    internal void Open()
    {
        if (_writer is null)
            AwaitChild();
        Interop.WriteAll((int)_writer!.DangerousGetHandle(), "!"u8);
    }

    public void Dispose()
    {
        _writer?.Dispose();
        File.Delete(Path);
    }

    /// <summary>The child's side.</summary>
    internal static void Pass(string path)
    {
        using var reader = Interop.Open(path, 0);
        if (reader.IsInvalid)
            throw Interop.LastError("open " + path);
        Span<byte> one = stackalloc byte[1];
        if (Interop.Read(reader, one) != 1)
            throw new IOException("the gate was given up");
    }
}
