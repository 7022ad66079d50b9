using System.Text;
using Overseer.Protocols.V2;

namespace Overseer.Client;

/// <summary>
/// Sends a stream to the standard input of a task, one piece after the other. A piece is accepted when the task's pipe has taken it, so the task sets the pace; where others write to it
/// as well and too much waits already, the piece is sent again.
/// </summary>
internal sealed class InputSender(Func<InputMessage, CancellationToken, Task> send, TimeProvider clock)
{
    private const int MostBytes = 32 * 1024;
    private const int LeastBytes = 256;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly byte[] _piece = new byte[MostBytes];
    private int _most = MostBytes;

    /// <summary>Sends all of it.</summary>
    /// <returns>How many bytes were taken.</returns>
    internal async Task<long> SendAsync(string taskId, Stream source, bool eof, CancellationToken cancellation)
    {
        long sent = 0;
        int length = 0;
        bool more = true;
        while (more)
        {
            int count = await source.ReadAsync(_piece.AsMemory(length), cancellation);
            more = count > 0;
            length += count;
            // A character may be cut in two by the reading, but must not be by the sending: a message holds whole ones.
            int whole = more ? WholeCharacters(_piece.AsSpan(0, length)) : length;
            for (int at = 0; at < whole;)
            {
                int size = await SendPieceAsync(taskId, _piece.AsMemory(at, whole - at), cancellation);
                at += size;
                sent += size;
            }
            _piece.AsSpan(whole, length - whole).CopyTo(_piece);
            length -= whole;
        }
        if (eof)
            await RetryAsync(new InputMessage("") { TaskId = taskId, Data = ReadOnlyMemory<byte>.Empty, Eof = true }, cancellation);
        return sent;
    }

    /// <summary>Sends as much as a message may hold, and tells how much that was.</summary>
    private async Task<int> SendPieceAsync(string taskId, ReadOnlyMemory<byte> rest, CancellationToken cancellation)
    {
        while (true)
        {
            int size = rest.Length <= _most ? rest.Length : WholeCharacters(rest.Span[.._most]);
            try
            {
                await RetryAsync(new InputMessage("") { TaskId = taskId, Data = rest[..size] }, cancellation);
                return size;
            }
            catch (OverseerRequestException refusal) when (IsTooLarge(refusal) && size > LeastBytes)
            {
                _most = size / 2;
            }
        }
    }

    private async Task RetryAsync(InputMessage message, CancellationToken cancellation)
    {
        TimeSpan pause = FirstPause;
        while (true)
        {
            try
            {
                await send(message, cancellation);
                return;
            }
            catch (OverseerRequestException refusal) when (IsFull(refusal))
            {
                await Task.Delay(pause, clock, cancellation);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    // What the server says to these; nothing of the input was written then.
    private static bool IsFull(OverseerRequestException refusal)
        => refusal.Message.StartsWith("the task does not read its input fast enough", StringComparison.Ordinal);

    private static bool IsTooLarge(OverseerRequestException refusal)
        => refusal.Message.Contains("limits.max_input_bytes", StringComparison.Ordinal);

    /// <summary>How many bytes there are without a character that is not complete at the end; all of them when they are no UTF-8.</summary>
    private static int WholeCharacters(ReadOnlySpan<byte> bytes)
    {
        for (int back = 1; back <= 3 && back <= bytes.Length; back++)
        {
            byte one = bytes[^back];
            if ((one & 0b1100_0000) == 0b1000_0000)
                continue;
            return Rune.DecodeFromUtf8(bytes[^back..], out _, out _) == System.Buffers.OperationStatus.NeedMoreData ? bytes.Length - back : bytes.Length;
        }
        return bytes.Length;
    }
}
