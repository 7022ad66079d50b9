// Writing to a pipe that nobody reads blocks, and a thread that is blocked there can be freed by nobody. So one thread of its own does the writing and never one of
// the pool; who waits for it is let go when the channel is dropped, while that thread stays, holding nothing but its own buffer, until the pipe breaks or the
// process ends.

using System.Buffers;
using System.Threading.Tasks.Sources;

namespace Overseer.Server.Channels;

/// <summary>Takes finished frames and writes them as lines. One writer at a time.</summary>
internal sealed class LineWriter : Stream, IValueTaskSource
{
    private const int KeptBytes = 256 * 1024;
    private readonly Stream _output;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _given = new(0);
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<bool> _written = new() { RunContinuationsAsynchronously = true };
    private ArrayBufferWriter<byte> _lines = new(4096);
    private long _writingSince;
    private bool _busy;
    private Exception? _broken;

    /// <summary>Begins a thread that writes to <paramref name="output"/>, which stays open.</summary>
    public LineWriter(Stream output, TimeProvider clock)
    {
        _output = output;
        _clock = clock;
        new Thread(Write) { IsBackground = true, Name = "standard output" }.Start();
    }

    /// <summary>For how long a write has waited for the reader; zero when there is none.</summary>
    public TimeSpan Stalled => Volatile.Read(ref _writingSince) is > 0 and var since ? _clock.GetElapsedTime(since) : TimeSpan.Zero;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_broken is not null)
            {
                return ValueTask.FromException(_broken);
            }

            if (_lines.Capacity > KeptBytes)
            {
                _lines = new ArrayBufferWriter<byte>(4096);
            }

            _lines.ResetWrittenCount();
            LineFrames.Append(buffer.Span, _lines);
            _written.Reset();
            _busy = true;
            Volatile.Write(ref _writingSince, _clock.GetTimestamp());
        }

        _given.Release();
        return new ValueTask(this, _written.Version);
    }

    /// <summary>Lets go who waits; nothing can be written any more.</summary>
    public void Break(Exception reason)
    {
        lock (_gate)
        {
            _broken ??= reason;
            Answer_NeedsLock();
        }

        _given.Release();
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("lines are written asynchronously");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    void IValueTaskSource.GetResult(short token) => _written.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _written.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _written.OnCompleted(continuation, state, token, flags);

    protected override void Dispose(bool disposing)
    {
        // The semaphore stays: the thread may be on its way to it.
        if (disposing)
        {
            Break(new ObjectDisposedException(nameof(LineWriter)));
        }

        base.Dispose(disposing);
    }

    private void Write()
    {
        while (true)
        {
            _given.Wait();
            lock (_gate)
            {
                if (_broken is not null)
                {
                    return;
                }
            }

            Exception? failure = null;
            try
            {
                // Nobody touches the lines before this write is answered, or after the channel was broken.
                _output.Write(_lines.WrittenSpan);
                _output.Flush();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or UnauthorizedAccessException)
            {
                failure = e as IOException ?? new IOException(e.Message, e);
            }

            lock (_gate)
            {
                _broken ??= failure;
                Answer_NeedsLock();
            }
        }
    }

    private void Answer_NeedsLock()
    {
        if (!_busy)
        {
            return;
        }

        _busy = false;
        Volatile.Write(ref _writingSince, 0);
        if (_broken is null)
        {
            _written.SetResult(true);
        }
        else
        {
            _written.SetException(_broken);
        }
    }
}
