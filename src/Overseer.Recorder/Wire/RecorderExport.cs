using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Interop;

namespace Overseer.Recorder.Wire;

/// <summary>
/// Takes all runs over from a recorder of another version, which ends after it. Only messages that are the same in all versions are used: both hellos, Export, Handover, ExportDone.
/// </summary>
internal static unsafe class RecorderExport
{
    private const int HelloAnswerBytes = 20;

    /// <summary>Returns when the recorder has ended: nobody holds its lock and its journals any more.</summary>
    /// <param name="socketPath">Path of its socket.</param>
    /// <param name="epoch">As in a hello.</param>
    /// <param name="timeout">How long all of it may take.</param>
    /// <exception cref="RecorderUnavailableException">It cannot, or did not in time. It goes on as ever, unless the message says otherwise.</exception>
    internal static List<RunHandover> Take(string socketPath, long epoch, TimeSpan timeout)
    {
        long started = Stopwatch.GetTimestamp();
        using var socket = UnixSocket.Connect(socketPath);
        using var reader = new FrameReader();
        var runs = new List<RunHandover>();
        try
        {
            var sender = new RecorderSender(socket);
            sender.Send(MessageKind.Hello, new HelloMessage { Version = WireVersion.Current, Pid = Environment.ProcessId, Epoch = epoch });
            sender.Send(MessageKind.Export);
            int pid = ReadAnswer(socket, reader, Left(started, timeout));
            using var recorder = new PidHandle(Libc.PidfdOpen(pid));
            while (ReadRun(socket, reader, Left(started, timeout)) is { } run)
                runs.Add(run);
            if (!HasEnded(recorder, pid, Left(started, timeout)))
                throw new RecorderUnavailableException($"the recorder of another version (pid {pid}) has handed its runs over and does not end: its disk may be stuck") { TakenOver = runs };
            return runs;
        }
        catch (Exception e) when (e is not RecorderUnavailableException { TakenOver.Count: > 0 })
        {
            foreach (var run in runs)
                run.Dispose();
            throw;
        }
    }

    private static int ReadAnswer(SafeFileHandle socket, FrameReader reader, int milliseconds)
    {
        ReadFrame(socket, reader, milliseconds, out var header, out byte* body);
        if (header.Kind != MessageKind.HelloAnswer || header.Length < HelloAnswerBytes)
            throw new RecorderUnavailableException("what listens at the recorder's socket is no recorder");
        var answer = (HelloAnswerMessage*)body;
        return answer->Outcome switch
        {
            HelloOutcome.OtherVersion => answer->Pid,
            HelloOutcome.OlderEpoch => throw new RecorderUnavailableException($"the recorder (pid {answer->Pid}) serves a newer server (epoch {answer->Epoch}): only one server may use a state directory")
            {
                NewestEpoch = answer->Epoch,
            },
            _ => throw new RecorderUnavailableException($"the recorder at the socket is another one by now (pid {answer->Pid}); try again"),
        };
    }

    /// <summary>Null: that was the last one.</summary>
    private static RunHandover? ReadRun(SafeFileHandle socket, FrameReader reader, int milliseconds)
    {
        while (true)
        {
            ReadFrame(socket, reader, milliseconds, out var header, out byte* body);
            if (header.Kind == MessageKind.ExportDone)
                return null;
            if (header.Kind == MessageKind.Handover)
                return Take(reader, HandoverCodec.Read(body, header.Length), header.Descriptors);
            // Something that only its version knows; its descriptors must not be taken for those of the next one.
            for (int i = 0; i < header.Descriptors; i++)
                _ = Libc.Close(reader.TakeDescriptor());
        }
    }

    private static RunHandover Take(FrameReader reader, in HandoverMessage message, int descriptors)
    {
        int taken = 0;
        var process = message.Ropes.HasFlag(RopeFlags.PidFd) && taken++ < descriptors ? new PidHandle(reader.TakeDescriptor()) : null;
        var stdout = message.Ropes.HasFlag(RopeFlags.Stdout) && taken++ < descriptors ? reader.TakePipe() : null;
        var stderr = message.Ropes.HasFlag(RopeFlags.Stderr) && taken++ < descriptors ? reader.TakePipe() : null;
        var stdin = message.Ropes.HasFlag(RopeFlags.Stdin) && taken++ < descriptors ? reader.TakePipe() : null;
        for (; taken < descriptors; taken++)
            _ = Libc.Close(reader.TakeDescriptor());
        return HandoverCodec.Decode(in message, process, stdout, stderr, stdin);
    }

    private static void ReadFrame(SafeFileHandle socket, FrameReader reader, int milliseconds, out FrameHeader header, out byte* body)
    {
        try
        {
            while (!reader.TryRead(out header, out body))
            {
                int descriptor = (int)socket.DangerousGetHandle();
                var readable = new PollEntry { Descriptor = descriptor, Events = Libc.POLLIN };
                if (Libc.Poll(&readable, 1, milliseconds) <= 0)
                    throw new RecorderUnavailableException("the recorder of another version does not hand its runs over in time: its disk may be stuck");
                var outcome = reader.Receive(descriptor, wait: true);
                if (outcome == ReceiveOutcome.DescriptorsLost)
                    throw new RecorderUnavailableException("the runs of the recorder of another version cannot be taken over: this process has too few free descriptors");
                if (outcome != ReceiveOutcome.Received)
                    throw new RecorderUnavailableException("the recorder speaks another version and cannot hand its runs over: let its runs end and stop it");
            }
        }
        catch (InvalidDataException e)
        {
            throw new RecorderUnavailableException($"the recorder does not speak this protocol: {e.Message}");
        }
    }

    private static bool HasEnded(PidHandle recorder, int pid, int milliseconds)
    {
        if (recorder.IsInvalid)
            return true;
        var ended = new PollEntry { Descriptor = (int)recorder.DangerousGetHandle(), Events = Libc.POLLIN };
        if (Libc.Poll(&ended, 1, milliseconds) <= 0)
            return false;
        LaunchedRecorder.Reap(pid);
        return true;
    }

    private static int Left(long started, TimeSpan timeout) => (int)Math.Max(1, (timeout - Stopwatch.GetElapsedTime(started)).TotalMilliseconds);
}
