using BenchmarkDotNet.Attributes;
using Overseer.Recorder.Journal;

namespace Overseer.Microbench;

/// <summary>Any line of a journal of two million lines in three segments, and the lines from there on.</summary>
public class JournalReading
{
    private const long Lines = 2_000_000;
    private const int LinesRead = 10_000;

    private readonly Random _random = new(4711);
    private JournalPlace? _place;
    private JournalReader? _reader;

    /// <summary>Writes the journal.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        _place = new JournalPlace();
        var chunk = SampleText.Lines(64 * 1024);
        for (var time = 0L; _place.Writer.End.NextLine <= Lines; time++)
            _place.Writer.Append(OutputStream.Stdout, 1, 1, time, chunk);
        _reader = JournalReader.Open(_place.JournalDirectory);
    }

    /// <summary>Removes it.</summary>
    [GlobalCleanup]
    public void Remove()
    {
        _reader!.Dispose();
        _place!.Dispose();
    }

    /// <summary>A random line becomes the next one.</summary>
    [Benchmark]
    public long Seek() => _reader!.Seek(_random.NextInt64(1, Lines), _place!.Writer.End);

    /// <summary>Per line, from a random one on.</summary>
    [Benchmark(OperationsPerInvoke = LinesRead)]
    public long Read()
    {
        var end = _place!.Writer.End;
        _reader!.Seek(_random.NextInt64(1, Lines - LinesRead), end);
        var bytes = 0L;
        for (var i = 0; i < LinesRead && _reader.TryRead(end, out var entry); i++)
            bytes += entry.Data.Length;
        return bytes;
    }
}
