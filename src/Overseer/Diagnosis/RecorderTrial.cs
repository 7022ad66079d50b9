using Overseer.Hosting;
using Overseer.Recorder;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Takeover;
using Overseer.Recorder.Wire;

namespace Overseer.Diagnosis;

/// <summary>Starts a recorder of its own in a temporary directory, has it run <c>/bin/true</c>, and ends it: all that a task needs, but its control group.</summary>
internal static class RecorderTrial
{
    private const string Name = "trial";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Tries it.</summary>
    public static Finding Run()
    {
        var place = Directory.CreateTempSubdirectory("overseer-doctor-").FullName;
        try
        {
            return RunIn(place);
        }
        catch (Exception e) when (e is RecorderUnavailableException or IOException or UnauthorizedAccessException or StartupException)
        {
            return Finding.Failed(Name, $"a recorder cannot be started: {e.Message}", "see what it says; the message names the call or the file");
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }

    private static Finding RunIn(string place)
    {
        var places = new RecorderPlaces($"{place}/r.sock", $"{place}/r.lock", $"{place}/r.log", $"{place}/journals");
        Directory.CreateDirectory(places.JournalRoot);
        var (executable, prefix) = OwnProgram.Find();
        using var events = new TrialEvents();
        var connection = RecorderLauncher.ConnectOrLaunch(places, executable, prefix, events, epoch: 1, Patience);
        using var link = connection.Link;
        var run = Guid.NewGuid();
        try
        {
            using var handles = link.Spawn(new SpawnRequest { RunId = run, JournalId = Guid.NewGuid(), Run = 1, File = "/bin/true", Arguments = ["true"], WorkingDirectory = "/" });
            if (!events.Wait(Patience))
            {
                return Finding.Failed(Name, $"a program that a recorder started did not end within {Patience.TotalSeconds:0} s", "try again; see whether the machine is overloaded");
            }

            if (events.Failure is { } failure)
            {
                return Finding.Failed(Name, $"a recorder could not start /bin/true: {failure}", "see what it says; the message names the call or the file");
            }

            return ExitInfo.TryGet(events.Process!, out _)
                ? Finding.Ok(Name, "a recorder was started, ran /bin/true and recorded its exit, which the kernel keeps too (PIDFD_GET_INFO)")
                : Finding.Warning(
                    Name,
                    "a recorder was started, ran /bin/true and recorded its exit; the kernel does not keep exits (PIDFD_GET_INFO)",
                    "from Linux 6.15 on it does; before, the exit code of a task is unknown if server and recorder are killed together");
        }
        finally
        {
            // It keeps what nobody has stored.
            link.Stored(run);
            link.Shutdown();
            events.WaitForEnd(Patience);
        }
    }
}
