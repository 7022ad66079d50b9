using System.Buffers.Binary;
using System.Buffers.Text;

namespace Overseer.Bench;

/// <summary>
/// Walks over a server's WebSocket frames without decoding them: counts <c>output</c> messages (or those of the hub that have a number), hands everything else on.
/// That no <c>seq</c> is missing is checked once per read (the last one against the number of frames), or on each message when asked.
/// Follows one task; several on one connection need <see cref="CheckSequence"/> off.
/// </summary>
internal sealed class FrameWalker
{
    internal delegate void MessageHandler(ReadOnlySpan<byte> payload);

    private byte[] _buffer = new byte[256 * 1024];
    private int _filled;

    internal long Outputs { get; private set; }

    /// <summary>The payload bytes of the outputs.</summary>
    internal long OutputBytes { get; private set; }

    internal long FirstSequence { get; private set; }

    internal long LastSequence { get; private set; }

    /// <summary>How often the numbers did not go on by one.</summary>
    internal long Holes { get; private set; }

    /// <summary>How the messages begin that are counted.</summary>
    internal byte[] Counted { get; init; } = "{\"type\":\"output\""u8.ToArray();

    internal bool CheckSequence { get; set; } = true;

    internal bool CheckEach { get; set; }

    /// <summary>The close frame's code; 1006 when the stream ended without one.</summary>
    internal int? CloseCode { get; private set; }

    internal MessageHandler? OnMessage { get; set; }

    /// <summary>Called for each output; costs a call a message.</summary>
    internal MessageHandler? OnOutput { get; set; }

    internal MessageHandler? OnPing { get; set; }

    internal Span<byte> Space => _buffer.AsSpan(_filled);

    internal void Forget()
    {
        Outputs = OutputBytes = FirstSequence = LastSequence = Holes = 0;
    }

    internal void EndOfStream() => CloseCode ??= 1006;

    /// <summary>Takes what was read into <see cref="Space"/>.</summary>
    internal void Advance(int bytes)
    {
        _filled += bytes;
        ReadOnlySpan<byte> data = _buffer.AsSpan(0, _filled);
        ReadOnlySpan<byte> last = default;
        var outputs = 0L;
        while (data.Length >= 2)
        {
            var header = 2;
            long length = data[1] & 0x7f;
            if (length == 126)
            {
                header = 4;
                if (data.Length < header)
                    break;
                length = BinaryPrimitives.ReadUInt16BigEndian(data[2..]);
            }
            else if (length == 127)
            {
                header = 10;
                if (data.Length < header)
                    break;
                length = BinaryPrimitives.ReadInt64BigEndian(data[2..]);
            }
            if (data.Length < header + length)
            {
                if (header + length > _buffer.Length)
                    Array.Resize(ref _buffer, checked((int)(header + length) * 2));
                break;
            }

            var payload = data.Slice(header, (int)length);
            if (data[0] == 0x81 && payload.StartsWith(Counted))
            {
                outputs++;
                OutputBytes += length;
                last = payload;
                if (CheckEach)
                    Check(payload, 1);
                OnOutput?.Invoke(payload);
            }
            else
            {
                Hand(data[0], payload);
            }
            data = data[(header + (int)length)..];
        }

        if (outputs > 0)
        {
            Outputs += outputs;
            if (!CheckEach)
                Check(last, outputs);
        }
        _filled = data.Length;
        data.CopyTo(_buffer);
    }

    private void Hand(byte first, ReadOnlySpan<byte> payload)
    {
        switch (first)
        {
            case 0x81:
                OnMessage?.Invoke(payload);
                break;
            case 0x88:
                CloseCode ??= payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(payload) : 1005;
                break;
            case 0x89:
                OnPing?.Invoke(payload);
                break;
            case 0x8A:
                break;
            default:
                throw new InvalidDataException($"a frame that begins with 0x{first:x2}");
        }
    }

    private void Check(ReadOnlySpan<byte> output, long count)
    {
        if (!CheckSequence)
            return;
        var sequence = Sequence(output);
        if (FirstSequence == 0)
            FirstSequence = sequence - count + 1;
        else if (sequence != LastSequence + count)
            Holes++;
        LastSequence = sequence;
    }

    /// <summary>seq follows data, which may hold anything: it is looked for from the end. The hub's comes first, and what it sends here holds no other.</summary>
    private static long Sequence(ReadOnlySpan<byte> output)
    {
        var name = "\"seq\":"u8;
        var at = output.LastIndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(output[(at + name.Length)..], out long value, out _)
            ? value
            : throw new InvalidDataException("an output without seq");
    }
}
