// The one way onto an upgraded connection. The framework's WebSocket (answers to pings and closes) and our pump (finished frames) both
// write through here, each write being one or more whole frames, so frames never mix. A write is never cancelled: half a frame would
// spoil the connection; who wants out aborts the connection.
//
// The framework's WebSocket reads a header at a time, some hundred bytes, and each of these reads costs as much as one of many kilobytes. So once a read has taken all it could,
// the next one reads ahead. Who has nothing more to say holds no memory for that.
//
// It is there before the connection is upgraded, for whoever is to write once it is.

using System.Buffers;
using System.Runtime.CompilerServices;

namespace Overseer.Server.Channels;

internal sealed class FrameGate(TimeProvider clock) : Stream
{
    private const int AheadBytes = 16 * 1024;
    private static readonly ReadOnlyMemory<byte> PingFrame = new byte[] { 0x89, 0x00 };
    private readonly SemaphoreSlim _writing = new(1, 1);
    private Stream? _upgraded;
    private long _lastLife = clock.GetTimestamp();
    private long _lastHeard = clock.GetTimestamp();
    private long _pinged;
    private long _writingSince;
    private byte[]? _ahead;
    private int _aheadAt;
    private int _aheadEnd;
    private bool _readsAhead;

    /// <summary>Whether the connection is upgraded.</summary>
    public bool IsOpen => _upgraded is not null;

    /// <summary>Time since the peer last sent something or took something.</summary>
    public TimeSpan Silence => clock.GetElapsedTime(Volatile.Read(ref _lastLife));

    /// <summary>Time since the peer last sent something, a pong included.</summary>
    public TimeSpan Unheard => clock.GetElapsedTime(Volatile.Read(ref _lastHeard));

    /// <summary>Time since the first ping that nothing was heard after; zero when there is none.</summary>
    public TimeSpan Unanswered => Volatile.Read(ref _pinged) is > 0 and var since ? clock.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>For how long the write under way has waited for the peer; zero when there is none.</summary>
    public TimeSpan Stalled => Volatile.Read(ref _writingSince) is > 0 and var since ? clock.GetElapsedTime(since) : TimeSpan.Zero;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    private Stream Upgraded => _upgraded ?? throw new InvalidOperationException("the connection is not upgraded");

    /// <summary>The connection is upgraded. Once, before anything is written or read.</summary>
    public void Open(Stream upgraded)
    {
        _upgraded = upgraded;
        _lastLife = _lastHeard = clock.GetTimestamp();
    }

    /// <summary>Sends a ping, unless a write is under way: its progress is the better sign.</summary>
    public async ValueTask PingAsync()
    {
        if (!await _writing.WaitAsync(0))
        {
            return;
        }

        Interlocked.CompareExchange(ref _pinged, clock.GetTimestamp(), 0);
        await WriteHeldAsync(PingFrame);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _writing.WaitAsync(CancellationToken.None);
        await WriteHeldAsync(buffer);
        Volatile.Write(ref _lastLife, clock.GetTimestamp());
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _ahead is null ? ReadMoreAsync(buffer, cancellationToken) : new ValueTask<int>(TakeAhead(buffer));

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadMoreAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (!_readsAhead || buffer.Length >= AheadBytes)
        {
            var read = await Upgraded.ReadAsync(buffer, cancellationToken);
            Heard(read);
            _readsAhead = read == buffer.Length && read > 0;
            return read;
        }

        var ahead = ArrayPool<byte>.Shared.Rent(AheadBytes);
        int more;
        try
        {
            more = await Upgraded.ReadAsync(ahead, cancellationToken);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(ahead);
            throw;
        }

        Heard(more);
        _readsAhead = more == ahead.Length;
        (_ahead, _aheadAt, _aheadEnd) = (ahead, 0, more);
        return TakeAhead(buffer);
    }

    private int TakeAhead(Memory<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _aheadEnd - _aheadAt);
        _ahead.AsSpan(_aheadAt, count).CopyTo(buffer.Span);
        _aheadAt += count;
        if (_aheadAt == _aheadEnd)
        {
            ArrayPool<byte>.Shared.Return(_ahead!);
            _ahead = null;
        }

        return count;
    }

    private void Heard(int read)
    {
        if (read > 0)
        {
            var now = clock.GetTimestamp();
            Volatile.Write(ref _lastLife, now);
            Volatile.Write(ref _lastHeard, now);
            Volatile.Write(ref _pinged, 0);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Upgraded.FlushAsync(CancellationToken.None);

    public override void Flush() => Upgraded.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("the gate is asynchronous");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("the gate is asynchronous");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteHeldAsync(ReadOnlyMemory<byte> frames)
    {
        try
        {
            var writing = Upgraded.WriteAsync(frames, CancellationToken.None);
            if (!writing.IsCompleted)
            {
                Volatile.Write(ref _writingSince, clock.GetTimestamp());
            }

            await writing;
        }
        finally
        {
            Volatile.Write(ref _writingSince, 0);
            _writing.Release();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _upgraded?.Dispose();
            _writing.Dispose();
        }

        base.Dispose(disposing);
    }
}
