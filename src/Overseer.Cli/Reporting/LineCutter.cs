using Overseer.Protocols.Json;

namespace Overseer.Cli.Reporting;

/// <summary>Cuts what a stream brings into lines, without their ends (<c>\n</c>, and a <c>\r</c> before it); one that is too long into parts. Not thread-safe.</summary>
/// <param name="maxBytes">The longest part.</param>
/// <param name="line">Is given each line or part, and whether it goes on.</param>
internal sealed class LineCutter(int maxBytes, Action<ReadOnlyMemory<byte>, bool> line)
{
    private byte[] _begun = [];
    private int _length;

    /// <summary>Takes what came.</summary>
    internal void Take(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Span.IndexOf((byte)'\n') is >= 0 and var end)
        {
            if (_length == 0)
            {
                Give(bytes[..end]);
            }
            else
            {
                Keep(bytes[..end]);
                GiveKept();
            }
            bytes = bytes[(end + 1)..];
        }
        Keep(bytes);
    }

    /// <summary>The stream has ended: so has the line that was begun.</summary>
    internal void End()
    {
        if (_length > 0)
            GiveKept();
    }

    private void GiveKept()
    {
        int length = _length;
        _length = 0;
        Give(_begun.AsMemory(0, length));
    }

    private void Give(ReadOnlyMemory<byte> whole)
    {
        if (whole.Span is [.., (byte)'\r'])
            whole = whole[..^1];
        while (whole.Length > maxBytes)
        {
            int part = JsonEscaping.PieceLength(whole.Span, maxBytes);
            line(whole[..part], true);
            whole = whole[part..];
        }
        line(whole, false);
    }

    // Never more than one part and one byte is kept: what is longer goes at once.
    private void Keep(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        if (_begun.Length < _length + bytes.Length)
            Array.Resize(ref _begun, Math.Max(_length + bytes.Length, _begun.Length * 2));
        bytes.CopyTo(_begun.AsMemory(_length));
        _length += bytes.Length;
        int given = 0;
        while (_length - given > maxBytes + 1)
        {
            int part = JsonEscaping.PieceLength(_begun.AsSpan(given, _length - given), maxBytes);
            line(_begun.AsMemory(given, part), true);
            given += part;
        }
        if (given == 0)
            return;
        _begun.AsSpan(given, _length - given).CopyTo(_begun);
        _length -= given;
    }
}
