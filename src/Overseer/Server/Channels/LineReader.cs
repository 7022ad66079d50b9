// Reading from a pipe blocks as writing does, so it has a thread of its own too. It reads no faster than messages are taken, but goes on when nobody
// takes them any more: the end of input is what ends a server, and has to be seen in any case.

using System.Buffers;
using System.IO.Pipelines;

namespace Overseer.Server.Channels;

/// <summary>Reads lines. One reader at a time.</summary>
internal sealed class LineReader
{
    private const int ReadBytes = 16 * 1024;
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(5);
    private readonly Stream _input;
    private readonly int _maxLineBytes;
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 4 * ReadBytes, resumeWriterThreshold: 2 * ReadBytes, useSynchronizationContext: false));
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ArrayBufferWriter<byte> _line = new();
    private bool _tooLong;

    /// <summary>Begins a thread that reads <paramref name="input"/>.</summary>
    public LineReader(Stream input, int maxLineBytes, TimeProvider clock)
    {
        _input = input;
        _maxLineBytes = maxLineBytes;
        Ended = EndAsync(clock);
        new Thread(Read) { IsBackground = true, Name = "standard input" }.Start();
    }

    /// <summary>Completes when the input has ended and its lines were taken; or, when nobody takes them, some moments after the end.</summary>
    public Task Ended { get; }

    /// <summary>The next line that is not blank, valid until the next call; null at the end. A line that is too long is passed over, and said to be so.</summary>
    public async ValueTask<ReceivedMessage?> ReadAsync()
    {
        while (true)
        {
            _line.ResetWrittenCount();
            var more = await ReadLineAsync();
            if (_tooLong)
            {
                _tooLong = false;
                return new ReceivedMessage(default, ChannelEnd.TooLargeText(_maxLineBytes));
            }

            if (_line.WrittenSpan.IndexOfAnyExcept(" \t\r"u8) >= 0)
            {
                return new ReceivedMessage(_line.WrittenMemory);
            }

            if (!more)
            {
                _drained.TrySetResult();
                return null;
            }
        }
    }

    /// <summary>Takes no more lines.</summary>
    public void Stop() => _pipe.Reader.CancelPendingRead();

    /// <summary>Reads up to a line end; false when the input ended before one.</summary>
    private async ValueTask<bool> ReadLineAsync()
    {
        while (true)
        {
            var read = await _pipe.Reader.ReadAsync();
            if (read.IsCanceled)
            {
                _pipe.Reader.Complete();
                _drained.TrySetResult();
                throw new IOException("no more is read");
            }

            var end = read.Buffer.PositionOf((byte)'\n');
            var part = end is { } at ? read.Buffer.Slice(0, at) : read.Buffer;
            if (_line.WrittenCount + part.Length > _maxLineBytes)
            {
                _tooLong = true;
                _line.ResetWrittenCount();
            }
            else if (!_tooLong)
            {
                foreach (var piece in part)
                {
                    _line.Write(piece.Span);
                }
            }

            _pipe.Reader.AdvanceTo(end is { } found ? read.Buffer.GetPosition(1, found) : read.Buffer.End);
            if (end is not null || read.IsCompleted)
            {
                return end is not null;
            }
        }
    }

    private async Task EndAsync(TimeProvider clock)
    {
        await _ended.Task;
        await Task.WhenAny(_drained.Task, Task.Delay(DrainTimeout, clock));
    }

    private void Read()
    {
        var buffer = new byte[ReadBytes];
        var wanted = true;
        try
        {
            int count;
            while ((count = _input.Read(buffer)) > 0)
            {
                if (wanted)
                {
                    _pipe.Writer.Write(buffer.AsSpan(0, count));
                    wanted = !_pipe.Writer.FlushAsync().AsTask().GetAwaiter().GetResult().IsCompleted;
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or UnauthorizedAccessException)
        {
            // As good as the end.
        }

        _pipe.Writer.Complete();
        _ended.TrySetResult();
    }
}
