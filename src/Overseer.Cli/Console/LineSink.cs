using System.Text;

namespace Overseer.Cli.Console;

/// <summary>Lines of bytes to a stream, gathered into large writes. Not thread-safe. Nothing is on its way before <see cref="Flush"/>.</summary>
internal sealed class LineSink(Stream stream)
{
    private const int BufferBytes = 64 * 1024;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _length;

    /// <summary>Adds bytes.</summary>
    /// <exception cref="BrokenPipeException">Nobody reads any more.</exception>
    internal void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length - _length)
            Flush();
        if (bytes.Length > _buffer.Length)
        {
            WriteThrough(bytes);
            return;
        }
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>Adds a text.</summary>
    /// <exception cref="BrokenPipeException">Nobody reads any more.</exception>
    internal void Write(string text) => Write(Encoding.UTF8.GetBytes(text));

    /// <summary>Adds a text and the end of its line.</summary>
    /// <exception cref="BrokenPipeException">Nobody reads any more.</exception>
    internal void WriteLine(string text)
    {
        Write(text);
        Write("\n"u8);
    }

    /// <summary>Sends everything on its way.</summary>
    /// <exception cref="BrokenPipeException">Nobody reads any more.</exception>
    internal void Flush()
    {
        int length = _length;
        _length = 0;
        if (length > 0)
            WriteThrough(_buffer.AsSpan(0, length));
    }

    private void WriteThrough(ReadOnlySpan<byte> bytes)
    {
        try
        {
            stream.Write(bytes);
            stream.Flush();
        }
        catch (IOException failure)
        {
            throw new BrokenPipeException(failure);
        }
    }
}
