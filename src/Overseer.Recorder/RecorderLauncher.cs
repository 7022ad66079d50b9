using System.Collections;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder;

/// <summary>Finds the recorder of a state directory, or starts it.</summary>
public static unsafe class RecorderLauncher
{
    private const int RetryMilliseconds = 100;

    /// <summary>Settings of the runtime that keep the recorder small. Children never see them: their environment comes whole with each request.</summary>
    private static readonly KeyValuePair<string, string>[] RuntimeSettings =
    [
        new("DOTNET_EnableDiagnostics", "0"),
        new("DOTNET_gcConcurrent", "0"),
        new("DOTNET_gcServer", "0"),
        // 2 MB of new objects between collections instead of as much as the processor's cache holds: only starts allocate, and none of it lasts.
        new("DOTNET_GCgen0size", "0x200000"),
        new("DOTNET_TieredPGO", "0"),
    ];

    /// <summary>
    /// Connects to the recorder, starting one, in a session of its own, when nobody listens. It outlives this process. One of another version is replaced: it hands its runs over and ends, and the new one adopts them.
    /// </summary>
    /// <param name="places">Where it is to be.</param>
    /// <param name="executable">Absolute path of the program that has the recorder's command.</param>
    /// <param name="prefixArguments">What comes before that command, e.g. the path of an assembly when the program is <c>dotnet</c>.</param>
    /// <param name="events">Told what happens.</param>
    /// <param name="epoch">As in <see cref="RecorderLink.Connect"/>.</param>
    /// <param name="timeout">How long all of it may take.</param>
    /// <param name="launch">False: never starts one, but waits for it to come (a supervisor starts it).</param>
    /// <exception cref="RecorderUnavailableException">There is none and none can be started, or it refuses this server.</exception>
    public static RecorderConnection ConnectOrLaunch(
        RecorderPlaces places,
        string executable,
        IReadOnlyList<string> prefixArguments,
        IRecorderEvents events,
        long epoch,
        TimeSpan timeout,
        bool launch = true)
    {
        long started = Stopwatch.GetTimestamp();
        bool launched = false;
        bool locked = false;
        List<RunHandover> takenOver = [];
        try
        {
            while (true)
            {
                try
                {
                    var link = RecorderLink.Connect(places.SocketPath, events, epoch);
                    foreach (var run in takenOver)
                        link.Adopt(run);
                    return new RecorderConnection(link, launched, takenOver);
                }
                catch (RecorderUnavailableException e) when (e.IsOtherVersion && takenOver.Count == 0)
                {
                    takenOver = RecorderExport.Take(places.SocketPath, epoch, timeout - Stopwatch.GetElapsedTime(started));
                }
                catch (RecorderUnavailableException e) when (e.IsAbsent)
                {
                    var left = timeout - Stopwatch.GetElapsedTime(started);
                    if (left <= TimeSpan.Zero)
                        throw TimedOut(places, timeout, locked);
                    byte said = launch ? Launch(places, executable, prefixArguments, left, WireVersion.Current, out _) : RecorderProcess.Locked;
                    launched = said == RecorderProcess.Ready;
                    locked |= launch && said == RecorderProcess.Locked;
                    // Somebody else's recorder is coming up, or going down and has not let go of the lock.
                    if (said == RecorderProcess.Locked)
                        _ = Libc.Poll(null, 0, RetryMilliseconds);
                }
            }
        }
        catch (RecorderUnavailableException e) when (takenOver.Count > 0)
        {
            throw new RecorderUnavailableException(e.Message, e.IsAbsent) { NewestEpoch = e.NewestEpoch, TakenOver = takenOver };
        }
    }

    private static RecorderUnavailableException TimedOut(RecorderPlaces places, TimeSpan timeout, bool locked) => new(locked
        ? $"a recorder holds {places.LockPath} but does not answer at {places.SocketPath} within {timeout.TotalSeconds:0.#} s; see {places.LogPath}"
        : $"the recorder did not come up within {timeout.TotalSeconds:0.#} s; see {places.LogPath}")
    {
        IsStuck = locked,
    };

    /// <summary>What the new recorder says about itself; 0 when it says nothing in time.</summary>
    internal static byte Launch(RecorderPlaces places, string executable, IReadOnlyList<string> prefixArguments, TimeSpan timeout, int version, out int pid)
    {
        int* ends = stackalloc int[2];
        if (Libc.Pipe(ends, Libc.O_CLOEXEC) != 0)
            throw new RecorderUnavailableException($"cannot start the recorder: {Errno.Describe(Marshal.GetLastPInvokeError())}");
        using var ready = new SafeFileHandle(ends[0], ownsHandle: true);
        using (new SafeFileHandle(ends[1], ownsHandle: true))
            pid = Start(new RecorderArguments(places, 3, NoFileLimit.BeforeTheRuntimeRaisedIt(), places.Spawner ?? SpawnerChoices.OfEnvironment(), version), executable, prefixArguments, ends[1]);

        var readable = new PollEntry { Descriptor = ends[0], Events = Libc.POLLIN };
        if (Libc.Poll(&readable, 1, (int)timeout.TotalMilliseconds) == 0)
            return 0;
        byte said = 0;
        nint read = Libc.Read(ends[0], &said, 1);
        if (said != RecorderProcess.Ready)
            LaunchedRecorder.Reap(pid);
        return read == 1 ? said : throw new RecorderUnavailableException($"the recorder {executable} ended before it listened; see {places.LogPath}");
    }

    private static int Start(RecorderArguments arguments, string executable, IReadOnlyList<string> prefixArguments, int ready)
    {
        using var log = Libc.OpenToAppend(arguments.Places.LogPath);
        if (log.IsInvalid)
            throw new RecorderUnavailableException($"cannot start the recorder: cannot open its log {arguments.Places.LogPath}: {Errno.Describe(Marshal.GetLastPInvokeError())}");
        using var argv = new NativeStrings([executable, .. prefixArguments, RecorderProcess.Verb, .. arguments.Format()]);
        using var environment = new NativeStrings(EnvironmentOfRecorder());
        using var spawner = new PosixSpawner(null, ownProcess: false);
        int output = (int)log.DangerousGetHandle();
        int errno;
        int pid;
        fixed (byte* directory = "/\0"u8)
            errno = spawner.Spawn(argv.Pointer[0], argv.Pointer, environment.Pointer, directory, new SpawnStreams(-1, output, output), anew: false, ready, out pid);
        return errno == 0 ? pid : throw new RecorderUnavailableException($"cannot start the recorder {executable}: {Errno.Describe(errno)}");
    }

    private static List<string> EnvironmentOfRecorder()
    {
        var variables = new List<string>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            string key = (string)variable.Key;
            if (!IsPrivate(key) && Array.TrueForAll(RuntimeSettings, setting => setting.Key != key))
                variables.Add($"{key}={variable.Value}");
        }
        foreach (var (key, value) in RuntimeSettings)
            variables.Add($"{key}={value}");
        return variables;
    }

    /// <summary>The server's own: secrets, and what its supervisor told it.</summary>
    private static bool IsPrivate(string key) =>
        key.StartsWith("OVERSEER_", StringComparison.Ordinal)
        || key.StartsWith("LISTEN_", StringComparison.Ordinal)
        || key.StartsWith("WATCHDOG_", StringComparison.Ordinal)
        || key == "NOTIFY_SOCKET";
}
