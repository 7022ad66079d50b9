using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Overseer.Bench;

/// <summary>
/// The unavoidable part of the way of a line, on one thread: pipe → splice → file, read back, and either count the lines (nobody
/// listens) or encode each once and send the frames to every listener. No headers, no checksums, no second process, no waking.
/// </summary>
internal sealed class BareStream(string directory)
{
    private const int ChunkBytes = 256 * 1024;
    private const int SliceBytes = 128 * 1024;

    private readonly byte[] _chunk = new byte[ChunkBytes + 64 * 1024];
    private readonly byte[] _frames = new byte[SliceBytes + 128 * 1024];
    private readonly FrameEncoder _encoder = new();

    /// <summary>CPU seconds of the loop, known when <see cref="Run"/> has returned.</summary>
    internal double CpuSeconds { get; private set; }

    internal long Lines { get; private set; }

    /// <summary>Takes what comes from the pipe until its end. For the thread that is to do the work.</summary>
    internal unsafe void Run(SafeFileHandle pipe, IReadOnlyList<Socket> listeners)
    {
        var cpu = Interop.ThreadCpuSeconds();
        var path = Path.Combine(directory, "limit.journal");
        using (var journal = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite))
        {
            long end = 0;
            var rest = 0;
            var lastPass = 0L;
            while (true)
            {
                var offset = end;
                var moved = (int)Interop.Splice(pipe, null, journal, &offset, ChunkBytes, Interop.SpliceMove);
                if (moved < 0)
                    throw Interop.LastError("splice");
                if (moved == 0)
                    break;
                _ = RandomAccess.Read(journal, _chunk.AsSpan(rest, moved), end);
                end += moved;
                rest = listeners.Count == 0 ? Count(_chunk.AsSpan(0, moved)) : Send(_chunk.AsSpan(0, rest + moved), listeners);

                // A stream that dribbles is left alone for a moment: one look for many writes.
                var now = Stopwatch.GetTimestamp();
                if (moved < 8 * 1024 && Stopwatch.GetElapsedTime(lastPass, now) < TimeSpan.FromMicroseconds(300))
                    Interop.Pause(microseconds: 100);
                lastPass = now;
            }
        }
        File.Delete(path);
        CpuSeconds = Interop.ThreadCpuSeconds() - cpu;
    }

    private int Count(ReadOnlySpan<byte> data)
    {
        Lines += data.Count((byte)'\n');
        return 0;
    }

    private int Send(Span<byte> data, IReadOnlyList<Socket> listeners)
    {
        _encoder.BeginChunk();
        var filled = 0;
        ReadOnlySpan<byte> left = data;
        for (int end; (end = left.IndexOf((byte)'\n')) >= 0; left = left[(end + 1)..])
        {
            if (filled + end + FrameEncoder.Overhead > SliceBytes)
                filled = Flush(filled, listeners);
            filled += _encoder.Write(_frames.AsSpan(filled), left[..end]);
            Lines++;
        }
        Flush(filled, listeners);
        left.CopyTo(data);
        return left.Length;
    }

    private int Flush(int filled, IReadOnlyList<Socket> listeners)
    {
        foreach (var listener in listeners)
            listener.Send(_frames.AsSpan(0, filled));
        return 0;
    }
}
