using System.ComponentModel;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Flight;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Loop;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Systemd;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder;

/// <summary>The recorder as a process of its own: what <c>overseer recorder …</c> runs. Touches nothing but the base library, so that it starts quickly and stays small.</summary>
public static class RecorderProcess
{
    /// <summary>The command's name.</summary>
    public const string Verb = "recorder";

    /// <summary>It ended as it was asked to.</summary>
    internal const int ExitEnded = 0;

    /// <summary>It failed; the log says why.</summary>
    internal const int ExitFailed = 1;

    /// <summary>Another recorder has the lock.</summary>
    internal const int ExitLocked = 3;

    /// <summary>The command line is wrong.</summary>
    internal const int ExitUsage = 121;

    /// <summary>What is written to the readiness pipe when the socket listens.</summary>
    internal const byte Ready = (byte)'R';

    /// <summary>What is written to the readiness pipe when another recorder has the lock.</summary>
    internal const byte Locked = (byte)'L';

    /// <summary>Runs until a server asks for the end and nothing runs any more.</summary>
    /// <param name="args">The command line after the verb.</param>
    /// <returns>0: ended as asked; 1: failed, see its log; 3: another recorder runs; 121: wrong command line.</returns>
    public static int Main(ReadOnlySpan<string> args)
    {
        ChildSignals.Restore();
        RecorderArguments arguments;
        try
        {
            arguments = RecorderArguments.Parse(args);
        }
        catch (FormatException e)
        {
            Console.Error.WriteLine($"overseer recorder: {e.Message}");
            Console.Error.WriteLine($"usage: {RecorderArguments.Usage}");
            return ExitUsage;
        }
        try
        {
            using var log = new RecorderLog(arguments.Places.LogPath, TimeProvider.System);
            return Run(arguments, log);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"overseer recorder: {e.Message}");
            return ExitFailed;
        }
    }

    private static int Run(RecorderArguments arguments, RecorderLog log)
    {
        var places = arguments.Places;
        using SafeFileHandle held = Libc.Open(places.LockPath, Libc.OpenFlags.ReadWrite | Libc.OpenFlags.Create | Libc.OpenFlags.CloseOnExec, 0x180);
        if (held.IsInvalid)
            throw new IOException($"cannot open {places.LockPath}: {new Win32Exception().Message}");
        if (Libc.Flock(held, Libc.LockExclusive | Libc.LockNonBlocking) != 0)
        {
            log.Write($"another recorder has {places.LockPath}");
            Tell(arguments.ReadyDescriptor, Locked);
            return ExitLocked;
        }
        try
        {
            Serve(arguments, log);
            return ExitEnded;
        }
        catch (Exception e)
        {
            log.Write($"failed: {e}");
            return ExitFailed;
        }
    }

    private static void Serve(RecorderArguments arguments, RecorderLog log)
    {
        var places = arguments.Places;
        _ = Libc.ProcessControl(Libc.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
        if (Libc.Mkdir(places.JournalRoot, 0x1C0) != 0 && !Directory.Exists(places.JournalRoot))
            throw new IOException($"cannot create {places.JournalRoot}: {new Win32Exception().Message}");
        ulong limit = arguments.ChildSoftNoFile ?? NoFileLimit.BeforeTheRuntimeRaisedIt();
        using var flight = places.FlightPath is { } path ? FlightPage.Open(path) : null;
        using var loop = new RecorderLoop(new RecorderOptions
        {
            Flight = flight,
            Spawner = arguments.Spawner,
            JournalRoot = places.JournalRoot,
            OwnProcess = true,
            ChildSoftNoFile = Math.Min(limit, NoFileLimit.Current().Hard),
            WireVersion = arguments.WireVersion,
            Log = log.Write,
        });
        using var service = new RecorderService();
        service.Watch(loop);
        loop.Listen(UnixSocket.Listen(places.SocketPath));
        log.Write($"listens at {places.SocketPath}");
        Tell(arguments.ReadyDescriptor, Ready);
        service.Ready(places.SocketPath);
        loop.Run();
        service.Stopping();
        File.Delete(places.SocketPath);
        log.Write(loop.HandedOver ? "ends: all runs are handed over" : "ends: nothing runs any more");
    }

    private static unsafe void Tell(int descriptor, byte what)
    {
        if (descriptor < 0)
            return;
        _ = Libc.Write(descriptor, &what, 1);
        _ = Libc.Close(descriptor);
    }
}
