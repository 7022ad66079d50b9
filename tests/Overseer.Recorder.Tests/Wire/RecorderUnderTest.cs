using System.Text;
using Overseer.Recorder.Flight;
using Overseer.Recorder.Journal;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Tests.Wire;

/// <summary>A real recorder with directories of its own: on a thread here, or a process started from this very file.</summary>
internal sealed class RecorderUnderTest : IDisposable
{
    private readonly bool _ownProcess;
    private readonly SpawnWay _way;

    private RecorderUnderTest(bool ownProcess, SpawnWay? way = null)
    {
        _ownProcess = ownProcess;
        _way = way ?? SpawnWay.Usual;
        Root = Directory.CreateTempSubdirectory("ovr-").FullName;
        Places = new RecorderPlaces(Path.Combine(Root, "r.sock"), Path.Combine(Root, "r.lock"), Path.Combine(Root, "r.log"), Path.Combine(Root, "journals"), Path.Combine(Root, "flight")) { Spawner = _way.Choice };
        Flight = FlightPage.Open(Places.FlightPath!);
        Link = Connect(Events, 1);
    }

    internal string Root { get; }

    internal RecorderPlaces Places { get; }

    internal FlightPage Flight { get; }

    internal RecordedEvents Events { get; } = new();

    internal RecorderLink Link { get; }

    internal string Log => File.ReadAllText(Places.LogPath);

    internal static RecorderUnderTest InProcess() => new(ownProcess: false);

    internal static RecorderUnderTest OwnProcess() => new(ownProcess: true);

    internal static RecorderUnderTest Start(bool ownProcess, SpawnWay? way = null) => new(ownProcess, way);

    /// <summary>Another server's connection to the same recorder process.</summary>
    internal RecorderLink Connect(RecordedEvents events, long epoch)
    {
        if (!_ownProcess)
            return RecorderLink.StartInProcess(Places.JournalRoot, events, epoch, null, Flight, _way.Choice);
        string[] prefix = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? [typeof(RecorderUnderTest).Assembly.Location] : [];
        return RecorderLauncher.ConnectOrLaunch(Places, Environment.ProcessPath!, prefix, events, epoch, RecordedEvents.Deadline).Link;
    }

    /// <summary>A recorder process that nobody is connected to yet, of any version. Returns its pid.</summary>
    internal static int Launch(RecorderPlaces places, int? version = null)
    {
        string[] prefix = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? [typeof(RecorderUnderTest).Assembly.Location] : [];
        byte said = RecorderLauncher.Launch(places, Environment.ProcessPath!, prefix, RecordedEvents.Deadline, version ?? WireVersion.Current, out int pid);
        Assert.Equal(RecorderProcess.Ready, said);
        return pid;
    }

    internal static SpawnRequest Request(string file, params string[] arguments) => new()
    {
        RunId = Guid.NewGuid(),
        JournalId = Guid.NewGuid(),
        Run = 1,
        File = file,
        Arguments = [file, .. arguments],
        WorkingDirectory = "/",
        Environment = [new("PATH", "/usr/local/bin:/usr/bin:/bin"), new("LC_ALL", "C")],
    };

    internal static SpawnRequest Shell(string script) => Request("/bin/sh", "-c", script);

    /// <summary>Asks for the run, with a slot of its own if this is the way.</summary>
    internal RunHandles Spawn(SpawnRequest request)
    {
        if (!_way.Kept || request.FlightSlot >= 0)
            return Link.Spawn(request);
        Assert.True(Flight.TryReserve(request.RunId, out int slot));
        return Link.Spawn(request with { FlightSlot = slot });
    }

    /// <summary>Starts it and waits until it and its streams are at their end.</summary>
    internal ExitRecord Run(SpawnRequest request)
    {
        using var handles = Spawn(request);
        var exit = Events.WaitForExit(request.RunId);
        Events.WaitForBothStreams(request.RunId);
        return exit;
    }

    internal SpawnFailure Fail(SpawnRequest request)
    {
        using var handles = Spawn(request);
        return Events.Wait<SpawnFailure>(f => f.RunId == request.RunId);
    }

    /// <summary>What the journal holds, up to the end that was announced last, one string an entry.</summary>
    internal List<string> Entries(SpawnRequest request, RecordedEvents? events = null)
    {
        var entries = new List<string>();
        var end = (events ?? Events).Ends[request.JournalId];
        using var reader = JournalReader.Open(Path.Combine(Places.JournalRoot, request.JournalId.ToString("N")));
        while (reader.TryRead(in end, out var entry))
        {
            entries.Add(entry.Kind switch
            {
                EntryKind.Line => $"{entry.Line} {entry.Stream} {Encoding.UTF8.GetString(entry.Data)}",
                EntryKind.Exited => $"exited {entry.Exit!.ExitCode}",
                EntryKind.Started => "started",
                _ => $"{entry.Kind} {entry.GapReason} {entry.GapBytes}",
            });
        }
        return entries;
    }

    /// <summary>The text of the lines of one stream.</summary>
    internal List<string> Lines(SpawnRequest request, OutputStream stream = OutputStream.Stdout, RecordedEvents? events = null)
    {
        var lines = new List<string>();
        var end = (events ?? Events).Ends[request.JournalId];
        using var reader = JournalReader.Open(Path.Combine(Places.JournalRoot, request.JournalId.ToString("N")));
        while (reader.TryRead(in end, out var entry))
        {
            if (entry.Kind == EntryKind.Line && entry.Stream == stream)
                lines.Add(Encoding.UTF8.GetString(entry.Data));
        }
        return lines;
    }

    /// <summary>A named pipe for a script to wait at.</summary>
    internal string Fifo()
    {
        string path = Path.Combine(Root, "fifo");
        var request = Request("/usr/bin/mkfifo", path);
        Run(request);
        Link.Stored(request.RunId);
        return path;
    }

    public void Dispose()
    {
        if (_ownProcess)
            End();
        Link.Dispose();
        Flight.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    /// <summary>Whatever a test left running is killed, so that the recorder ends.</summary>
    private void End()
    {
        try
        {
            var events = new RecordedEvents();
            using var link = RecorderLink.Connect(Places.SocketPath, events, long.MaxValue);
            events.Wait<RecordedEvents.Done>(static _ => true);
            foreach (var started in events.All.OfType<RecordedEvents.Started>())
            {
                if (!events.All.OfType<RecordedEvents.Exited>().Any(e => e.Exit.RunId == started.RunId))
                    Overseer.Recorder.Interop.Interop.Kill(started.Pid, 9);
                events.WaitForExit(started.RunId);
                link.Stored(started.RunId);
            }
            link.Shutdown();
            events.Wait<RecordedEvents.Gone>(static _ => true);
        }
        catch (RecorderUnavailableException)
        {
            // It has ended, or was killed by the test.
        }
    }
}
