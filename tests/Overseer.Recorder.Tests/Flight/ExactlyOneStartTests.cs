using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Overseer.Recorder.Flight;
using Overseer.Recorder.Interop;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Tests.Wire;
using Overseer.Recorder.Wire;
using Libc = Overseer.Recorder.Interop.Interop;

namespace Overseer.Recorder.Tests.Flight;

/// <summary>Recorders are killed in the middle of a stream of starts; the starts that have no pid in the page are sent again to the next. Each program leaves a file, named after its run and its pid.</summary>
public sealed class ExactlyOneStartTests
{
    private const int RunsAtOnce = 100;
    private const int StartsBeforeKill = 40;
    private const double MostMilliseconds = 5;

    /// <summary>More on demand.</summary>
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("OVERSEER_TEST_KILLS") ?? "50", CultureInfo.InvariantCulture);

    [Fact]
    public void With_clone_every_start_happens_once() => Try(SpawnerChoice.Clone, seed: 1);

    [Fact]
    public void With_a_shell_every_start_happens_once() => Try(SpawnerChoice.Posix, seed: 2);

    private static void Try(SpawnerChoice choice, int seed)
    {
        string root = Directory.CreateTempSubdirectory("ovr-once-").FullName;
        string markers = Directory.CreateDirectory(Path.Combine(root, "started")).FullName;
        var places = new RecorderPlaces(Path.Combine(root, "r.sock"), Path.Combine(root, "r.lock"), Path.Combine(root, "r.log"), Path.Combine(root, "journals"), Path.Combine(root, "flight"))
        {
            Spawner = choice,
        };
        using var page = FlightPage.Open(places.FlightPath!);
        var random = new Random(seed);
        var again = new List<SpawnRequest>();
        int sent = 0, resent = 0;
        for (int i = 0; i < Kills; i++)
        {
            var (asked, link) = Round(places, page, markers, again, random.Next(StartsBeforeKill), TimeSpan.FromMilliseconds(random.NextDouble() * MostMilliseconds));
            link.Dispose();
            sent += asked.Count - again.Count;
            again = Settle(page, markers, asked);
            resent += again.Count;
        }
        Assert.True(sent > Kills, "hardly anything was started");

        var events = new RecordedEvents();
        using (var last = Connect(places, events))
        {
            foreach (var request in again)
                last.Spawn(request).Dispose();
            foreach (var request in again)
            {
                Assert.Equal(0, events.WaitForExit(request.RunId).ExitCode);
                last.Stored(request.RunId);
            }
            last.Shutdown();
            events.Wait<RecordedEvents.Gone>(static _ => true);
        }
        Assert.Empty(Settle(page, markers, again));

        string[] runs = [.. Directory.GetFiles(markers).Select(static m => Path.GetFileName(m).Split('.')[0])];
        Assert.Equal(runs.Length, runs.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(sent, runs.Length);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Kills} kills, {sent} starts, {resent} sent again");
        Directory.Delete(root, recursive: true);
    }

    /// <summary>Sends what is due and more, until the recorder is killed: when it has told of so many starts, and a moment later.</summary>
    private static (List<SpawnRequest> Asked, RecorderLink Link) Round(RecorderPlaces places, FlightPage page, string markers, List<SpawnRequest> again, int starts, TimeSpan more)
    {
        var events = new RecordedEvents();
        var link = Connect(places, events);
        int recorder = link.RecorderPid;
        int process = Libc.PidfdOpen(recorder);
        Assert.True(process >= 0);
        var killer = new Thread(() =>
        {
            events.WaitForCount<RecordedEvents.Started>(starts);
            long began = Stopwatch.GetTimestamp();
            SpinWait.SpinUntil(() => Stopwatch.GetElapsedTime(began) >= more);
            _ = Libc.Kill(recorder, Libc.SIGKILL);
        });
        killer.Start();
        var asked = new List<SpawnRequest>(again);
        foreach (var request in again)
            link.Spawn(request).Dispose();
        while (killer.IsAlive && asked.Count < RunsAtOnce)
        {
            var request = Marking(markers);
            Assert.True(page.TryReserve(request.RunId, out int slot));
            request = request with { FlightSlot = slot };
            asked.Add(request);
            link.Spawn(request).Dispose();
        }
        killer.Join();
        WaitFor(process);
        Assert.Empty(events.All.OfType<SpawnFailure>());
        return (asked, link);
    }

    /// <summary>Those that were started are awaited and forgotten; returns the others.</summary>
    private static List<SpawnRequest> Settle(FlightPage page, string markers, List<SpawnRequest> asked)
    {
        var again = new List<SpawnRequest>();
        foreach (var request in asked)
        {
            Assert.True(page.TryFind(request.RunId, out int slot, out int pid));
            if (pid == 0)
            {
                again.Add(request);
                continue;
            }
            string marker = Path.Combine(markers, $"{request.RunId:N}.{pid}");
            Assert.True(SpinWait.SpinUntil(() => File.Exists(marker), RecordedEvents.Deadline), $"the page says that {request.RunId:N} was started as {pid}, and it was not");
            page.Release(slot);
        }
        return again;
    }

    private static SpawnRequest Marking(string markers)
    {
        var run = Guid.NewGuid();
        return RecorderUnderTest.Shell($"echo > {markers}/{run:N}.$$") with { RunId = run, JournalId = Guid.Empty };
    }

    private static RecorderLink Connect(RecorderPlaces places, RecordedEvents events)
    {
        string[] prefix = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? [typeof(ExactlyOneStartTests).Assembly.Location] : [];
        return RecorderLauncher.ConnectOrLaunch(places, Environment.ProcessPath!, prefix, events, 1, RecordedEvents.Deadline).Link;
    }

    private static unsafe void WaitFor(int process)
    {
        var ended = new PollEntry { Descriptor = process, Events = Libc.POLLIN };
        int ready;
        do
            ready = Libc.Poll(&ended, 1, (int)RecordedEvents.Deadline.TotalMilliseconds);
        while (ready < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
        Assert.Equal(1, ready);
        _ = Libc.Close(process);
    }
}
