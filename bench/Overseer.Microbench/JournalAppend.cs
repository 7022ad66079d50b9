using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Overseer.Recorder.Journal;

namespace Overseer.Microbench;

/// <summary>Chunks into a journal on the disk of the temporary directory, by the size of a chunk.</summary>
public partial class JournalAppend
{
    private const int Chunks = 256;

    private JournalPlace? _place;
    private byte[] _data = [];
    private int _reader, _writer;

    /// <summary>Bytes a chunk: one short line, a page, a full pipe.</summary>
    [Params(81, 4096, 64 * 1024)]
    public int Bytes { get; set; }

    /// <summary>Opens the journal and a pipe.</summary>
    [GlobalSetup]
    public unsafe void Prepare()
    {
        _place = new JournalPlace();
        _data = SampleText.Lines(Bytes);
        var ends = stackalloc int[2];
        if (Pipe(ends) != 0)
            throw new IOException("no pipe");
        (_reader, _writer) = (ends[0], ends[1]);
    }

    /// <summary>Removes the journal.</summary>
    [GlobalCleanup]
    public void Remove()
    {
        _ = Close(_reader);
        _ = Close(_writer);
        _place!.Dispose();
    }

    /// <summary>Bytes that are in memory.</summary>
    [Benchmark(OperationsPerInvoke = Chunks)]
    public long Append()
    {
        for (var i = 0; i < Chunks; i++)
            _place!.Writer.Append(OutputStream.Stdout, 1, 1, i, _data);
        _place!.Written((long)Chunks * _data.Length);
        return _place.Writer.End.NextLine;
    }

    /// <summary>Bytes that a child wrote to its pipe; the write is part of it.</summary>
    [Benchmark(OperationsPerInvoke = Chunks)]
    public unsafe long WriteAndSplice()
    {
        fixed (byte* start = _data)
        {
            for (var i = 0; i < Chunks; i++)
            {
                if (Write(_writer, start, (nuint)_data.Length) != _data.Length)
                    throw new IOException("the pipe took less than it holds");
                for (var left = _data.Length; left > 0;)
                    left -= _place!.Writer.Splice(_reader, OutputStream.Stdout, 1, 1, i).Bytes;
            }
        }
        _place!.Written((long)Chunks * _data.Length);
        return _place.Writer.End.NextLine;
    }

    [LibraryImport("libc", EntryPoint = "pipe")]
    private static unsafe partial int Pipe(int* ends);

    [LibraryImport("libc", EntryPoint = "write")]
    private static unsafe partial nint Write(int file, byte* data, nuint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
