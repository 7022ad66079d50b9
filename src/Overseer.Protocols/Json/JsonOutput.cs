using System.Buffers;
using System.Diagnostics;
using System.Text;

namespace Overseer.Protocols.Json;

/// <summary>Writes JSON by hand into an <see cref="IBufferWriter{T}"/>: no document, no validation, no allocation for clean ASCII.
/// <see cref="Complete"/> must be called last.</summary>
internal ref struct JsonOutput
{
    private const int MinBlock = 4096;
    private const int MaxEscapedPiece = 16 * 1024;

    private readonly IBufferWriter<byte> _destination;
    private Span<byte> _block;
    private int _written;
    private bool _emptyObject;

    public JsonOutput(IBufferWriter<byte> destination)
    {
        _destination = destination;
        _block = default;
        _written = 0;
        _emptyObject = false;
    }

    public void Complete()
    {
        if (_written > 0)
            _destination.Advance(_written);
        _written = 0;
        _block = default;
    }

    public void Raw(scoped ReadOnlySpan<byte> json)
    {
        json.CopyTo(Reserve(json.Length));
        _written += json.Length;
    }

    public void Raw(byte json)
    {
        Reserve(1)[0] = json;
        _written++;
    }

    public void BeginObject()
    {
        Debug.Assert(!_emptyObject, "an object begins where a field's name is due");
        _emptyObject = true;
    }

    /// <summary>Writes <c>,"name":</c>, whose comma becomes the brace for an object's first field.</summary>
    public void Label(scoped ReadOnlySpan<byte> label)
    {
        var target = Reserve(label.Length);
        label.CopyTo(target);
        _written += label.Length;
        if (!_emptyObject)
            return;
        target[0] = (byte)'{';
        _emptyObject = false;
    }

    public void EndObject()
    {
        if (_emptyObject)
            Raw((byte)'{');
        _emptyObject = false;
        Raw((byte)'}');
    }

    public void Number(long value)
    {
        var target = Reserve(DecimalText.MaxBytes); // may begin a block, so before _written is read
        _written += DecimalText.Write(target, value);
    }

    /// <summary>Writes a string; a surrogate without its partner becomes U+FFFD.</summary>
    public void Text(string value)
    {
        var target = Reserve(value.Length + 2);
        if (!CleanText.TryCopy(value, target[1..]))
        {
            TranscodedText(value);
            return;
        }
        target[0] = (byte)'"';
        target[value.Length + 1] = (byte)'"';
        _written += value.Length + 2;
    }

    /// <summary>Writes bytes as a string, as <see cref="JsonEscaping"/> says.</summary>
    public void Text(scoped ReadOnlySpan<byte> bytes)
    {
        Raw((byte)'"');
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..JsonEscaping.PieceLength(bytes, MaxEscapedPiece)];
            var target = Reserve(JsonEscaping.MaxBytes(piece.Length));
            _written += JsonEscaping.Escape(piece, target);
            bytes = bytes[piece.Length..];
        }
        Raw((byte)'"');
    }

    private void TranscodedText(string value)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(value.Length));
        try
        {
            int length = Encoding.UTF8.GetBytes(value, bytes);
            Text(bytes.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private Span<byte> Reserve(int length)
    {
        if (_block.Length - _written < length)
            NextBlock(length);
        return _block[_written..];
    }

    private void NextBlock(int length)
    {
        if (_written > 0)
            _destination.Advance(_written);
        _written = 0;
        _block = _destination.GetSpan(Math.Max(length, MinBlock));
    }
}
