using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Overseer.Bench;

/// <summary>
/// The hops of a line that cannot be saved: the child's pipe, a UNIX socket between two threads (where Overseer has two processes),
/// a frame over TCP. No file, no journal.
/// </summary>
internal static class BareRelay
{
    /// <summary>The delays of a ticker's lines, with the time each was written; nanoseconds.</summary>
    internal static List<Delay> Run(BenchContext context, int ticks, int pauseMicroseconds, Action? begun = null)
    {
        using var gate = new Gate(context.Directory);
        var (read, write) = Interop.Pipe();
        ChildProcess child;
        using (write)
            child = ChildProcess.Start(context.Self, ["tick", $"{ticks}", $"{pauseMicroseconds}", gate.Path], output: (int)write.DangerousGetHandle(), error: 2);
        var path = Path.Combine(context.Directory, "relay.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using var near = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        near.Connect(new UnixDomainSocketEndPoint(path));
        using var far = listener.Accept();
        File.Delete(path);
        using var pair = LoopbackPair.Make();
        var first = new Thread(() => Forward(read, near));
        var second = new Thread(() => Encode(far, pair.Sender));
        first.Start();
        second.Start();
        try
        {
            var delays = Delay.Collect(pair.Receiver);
            gate.AwaitChild();
            begun?.Invoke();
            gate.Open();
            Listeners.Drain([pair.Receiver], client => client.Ended, TimeSpan.FromMinutes(1));
            return delays;
        }
        finally
        {
            child.Signal(Interop.SigTerm);
            _ = child.Wait(TimeSpan.FromSeconds(5));
            first.Join();
            second.Join();
            read.Dispose();
        }
    }

    private static void Forward(SafeFileHandle pipe, Socket next)
    {
        var buffer = new byte[4096];
        for (int read; (read = Interop.Read(pipe, buffer)) > 0;)
            next.Send(buffer.AsSpan(0, read));
        next.Shutdown(SocketShutdown.Send);
    }

    private static void Encode(Socket previous, Socket next)
    {
        var encoder = new FrameEncoder();
        byte[] buffer = new byte[4096], frame = new byte[1024];
        for (int filled = 0, read; (read = previous.Receive(buffer.AsSpan(filled))) > 0;)
        {
            encoder.BeginChunk();
            ReadOnlySpan<byte> left = buffer.AsSpan(0, filled + read);
            for (int end; (end = left.IndexOf((byte)'\n')) >= 0; left = left[(end + 1)..])
                next.Send(frame.AsSpan(0, encoder.Write(frame, left[..end])));
            filled = left.Length;
            left.CopyTo(buffer);
        }
        next.Shutdown(SocketShutdown.Send);
    }
}
