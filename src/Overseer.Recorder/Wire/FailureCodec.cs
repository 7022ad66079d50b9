using System.Text;
using Overseer.Recorder.Spawning;

namespace Overseer.Recorder.Wire;

/// <summary>A spawn failure on the wire.</summary>
internal static unsafe class FailureCodec
{
    /// <summary>Longer paths and messages are cut: they are for people.</summary>
    internal const int MaxTextBytes = 8 * 1024;

    internal const int MaxBytes = 36 + (2 * MaxTextBytes);

    internal static SpawnFailedMessage Encode(SpawnFailure failure, out byte[] tail)
    {
        byte[] path = Cut(failure.Path);
        byte[] message = Cut(failure.Message);
        tail = [.. path, .. message];
        return new SpawnFailedMessage
        {
            RunId = failure.RunId,
            Step = (int)failure.Step,
            Errno = failure.Errno,
            PathBytes = path.Length,
            MessageBytes = message.Length,
        };
    }

    internal static SpawnFailure Decode(byte* body, int length)
    {
        if (length < sizeof(SpawnFailedMessage))
            throw new InvalidDataException("a spawn failure is too short");
        var message = *(SpawnFailedMessage*)body;
        byte* text = body + sizeof(SpawnFailedMessage);
        if (message.PathBytes < 0 || message.MessageBytes < 0 || (long)message.PathBytes + message.MessageBytes != length - sizeof(SpawnFailedMessage))
            throw new InvalidDataException("a spawn failure does not have the length it says");
        return new SpawnFailure(
            message.RunId,
            (SpawnStep)message.Step,
            message.Errno,
            Encoding.UTF8.GetString(text, message.PathBytes),
            Encoding.UTF8.GetString(text + message.PathBytes, message.MessageBytes));
    }

    private static byte[] Cut(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length <= MaxTextBytes ? bytes : bytes[..MaxTextBytes];
    }
}
