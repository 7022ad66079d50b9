using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics;
using System.Net.Sockets;

namespace Overseer.Bench;

/// <summary>
/// The unavoidable part of a hub, on one thread: messages from a socket to a file, each with its number in front as a new frame, the frames to every viewer. Nothing is looked at or checked.
/// </summary>
internal static class BareHub
{
    private const int ReadBytes = 256 * 1024;
    private static readonly byte[] Before = "{\"seq\":"u8.ToArray();

    /// <summary>Seconds from the first message sent until everybody has all, and CPU seconds of the thread.</summary>
    internal static (double Seconds, double Cpu) Run(BenchContext context, byte[] block, int perBlock, long messages, int viewers)
    {
        var pairs = Enumerable.Range(0, viewers).Select(_ => LoopbackPair.Make(ofHub: true)).ToList();
        using var producer = LoopbackPair.Make();
        var cpu = 0.0;
        var worker = new Thread(() =>
        {
            var begin = Interop.ThreadCpuSeconds();
            Serve(context.Directory, (int)messages, producer.Sender, [.. pairs.Select(pair => pair.Sender)]);
            cpu = Interop.ThreadCpuSeconds() - begin;
            pairs.ForEach(pair => pair.Sender.Shutdown(SocketShutdown.Send));
        });
        try
        {
            worker.Start();
            var begin = Stopwatch.GetTimestamp();
            var sender = HubDelivery.SendApart(producer.Receiver, block, perBlock, messages);
            Listeners.Drain([.. pairs.Select(pair => pair.Receiver)], viewer => viewer.Ended, TimeSpan.FromMinutes(5));
            var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            sender.Join();
            worker.Join();
            if (pairs.Any(pair => pair.Receiver.Walker.Outputs != messages || pair.Receiver.Walker.Holes > 0))
                context.Fault($"prototype of the hub: not every viewer got {messages} messages");
            return (seconds, cpu);
        }
        finally
        {
            pairs.ForEach(pair => pair.Dispose());
        }
    }

    /// <summary>Passes on so many messages.</summary>
    internal static void Serve(string directory, int messages, Socket producer, IReadOnlyList<Socket> viewers)
    {
        var path = Path.Combine(directory, "limit.hub");
        using (var journal = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
        {
            byte[] buffer = new byte[ReadBytes], frames = new byte[ReadBytes * 2];
            long end = 0;
            for (int filled = 0, done = 0; done < messages;)
            {
                var read = producer.Receive(buffer.AsSpan(filled));
                if (read == 0)
                    return;
                RandomAccess.Write(journal, buffer.AsSpan(filled, read), end);
                end += read;
                ReadOnlySpan<byte> left = buffer.AsSpan(0, filled + read);
                var length = 0;
                for (; left.Length >= 8 && BinaryPrimitives.ReadUInt16BigEndian(left[2..]) + 8 is var frame && left.Length >= frame; left = left[frame..])
                    length += Write(frames.AsSpan(length), left[8..frame], ++done);
                filled = left.Length;
                left.CopyTo(buffer);
                foreach (var viewer in viewers)
                    Send(viewer, frames.AsSpan(0, length));
            }
        }
        File.Delete(path);
    }

    private static void Send(Socket viewer, ReadOnlySpan<byte> frames)
    {
        while (!frames.IsEmpty)
            frames = frames[viewer.Send(frames)..];
    }

    // The message without its brace comes behind the number.
    private static int Write(Span<byte> frame, ReadOnlySpan<byte> message, int number)
    {
        Before.CopyTo(frame[4..]);
        var at = 4 + Before.Length;
        _ = Utf8Formatter.TryFormat(number, frame[at..], out var digits);
        at += digits;
        frame[at++] = (byte)',';
        message[1..].CopyTo(frame[at..]);
        at += message.Length - 1;
        frame[0] = 0x81;
        frame[1] = 126;
        BinaryPrimitives.WriteUInt16BigEndian(frame[2..], checked((ushort)(at - 4)));
        return at;
    }
}
