using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;

namespace Overseer.EventLog;

/// <summary>Reads a <see cref="ControlSpool"/> from a place on. Not thread-safe.</summary>
internal sealed class ControlReader(ControlSpool spool, long place) : IDisposable
{
    private byte[] _buffer = new byte[16 << 10];
    private int _used;
    private int _filled;
    private SafeFileHandle? _file;
    private long _begin;
    private long _next;

    /// <summary>Where the next record begins.</summary>
    public long Place { get; private set; } = Math.Max(place, spool.Begin);

    /// <summary>The next record; false when there is none that may be read.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public bool TryRead([NotNullWhen(true)] out ControlRecord? record)
    {
        record = null;
        while (true)
        {
            var length = ControlRecord.LengthOf(_buffer.AsSpan(_used, _filled - _used));
            if (length > 0 && length <= _filled - _used)
            {
                record = ControlRecord.Read(_buffer.AsSpan(_used, length), Place);
                if (record is null)
                {
                    return false;
                }

                _used += length;
                Place += length;
                return true;
            }

            if (length < 0 || !TryFill(length))
            {
                return false;
            }
        }
    }

    public void Dispose() => _file?.Dispose();

    private bool TryFill(int wanted)
    {
        if (_file is not null && Place >= _next)
        {
            Leave();
        }

        if (Place + (_filled - _used) >= spool.Released && _file is not null)
        {
            return false;
        }

        if (_file is null)
        {
            if (Place >= spool.Released || spool.Find(Place) is not { } found)
            {
                return false;
            }

            (_file, _begin, _next) = found;
        }
        else if (_next == long.MaxValue && spool.Find(Place) is { } again)
        {
            // It may have been the newest when it was opened.
            again.File.Dispose();
            _next = again.Next;
        }

        Buffer.BlockCopy(_buffer, _used, _buffer, 0, _filled - _used);
        _filled -= _used;
        _used = 0;
        if (wanted > _buffer.Length)
        {
            Array.Resize(ref _buffer, wanted);
        }

        var at = Place + _filled;
        var most = (int)Math.Min(_buffer.Length - _filled, Math.Min(spool.Released, _next) - at);
        var read = most > 0 ? RandomAccess.Read(_file, _buffer.AsSpan(_filled, most), at - _begin) : 0;
        _filled += read;
        if (read == 0 && at >= _next && _filled == 0)
        {
            Leave();
            return true;
        }

        return read > 0;
    }

    private void Leave()
    {
        _file!.Dispose();
        _file = null;
        _used = _filled = 0;
    }
}
