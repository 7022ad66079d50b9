using BenchmarkDotNet.Attributes;
using Overseer.Recorder.Journal;

namespace Overseer.Microbench;

/// <summary>A chunk of 256 KiB: what the recorder does (count) and what a reader does (split). Per line.</summary>
public class LineSplitting
{
    private const int MaxLineBytes = 1024 * 1024;
    private const int ChunkBytes = 256 * 1024;
    private const int LinesInChunk = ChunkBytes / (SampleText.LineBytes + 1);

    private readonly byte[] _chunk = SampleText.Lines(ChunkBytes);

    /// <summary>No line can reach the limit within the chunk.</summary>
    [Benchmark(OperationsPerInvoke = LinesInChunk)]
    public int Count()
    {
        var pending = 0;
        var tail = 0u;
        return LineRule.Count(_chunk, ref pending, ref tail, MaxLineBytes, out _);
    }

    /// <summary>A limit that the chunk could reach, so each line is looked at.</summary>
    [Benchmark(OperationsPerInvoke = LinesInChunk)]
    public int CountNearTheLimit()
    {
        var pending = 0;
        var tail = 0u;
        return LineRule.Count(_chunk, ref pending, ref tail, 4096, out _);
    }

    /// <summary>The end of each line.</summary>
    [Benchmark(OperationsPerInvoke = LinesInChunk)]
    public int Split()
    {
        var lines = 0;
        ReadOnlySpan<byte> left = _chunk;
        while (LineRule.Next(left, 0, 0, MaxLineBytes, out var consumed, out _) == LineRule.Verdict.Line)
        {
            left = left[consumed..];
            lines++;
        }
        return lines;
    }
}
