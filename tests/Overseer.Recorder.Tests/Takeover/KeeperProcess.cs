using System.Diagnostics;
using System.Globalization;
using Overseer.Recorder.Processes;
using Overseer.Recorder.Spawning;
using Overseer.Recorder.Tests.Wire;
using Overseer.Recorder.Wire;

namespace Overseer.Recorder.Tests.Takeover;

/// <summary>
/// A server of its own whose recorders are killed: a process apart from the test runner, since it becomes the parent of all orphans and waits for them. With <c>foster</c> a process in between is
/// their parent instead: then their ends are learnt from the kernel alone.
/// </summary>
internal static class KeeperProcess
{
    internal const string Verb = "takeover-keeper";

    private const int Tasks = 20;

    internal static int Run(string[] args)
    {
        try
        {
            if (args is ["starved", var socket])
                return Starved(socket);
            string root = args[0];
            int seed = int.Parse(args[1], CultureInfo.InvariantCulture);
            int kills = int.Parse(args[2], CultureInfo.InvariantCulture);
            if (args[3] == "foster")
                return Foster([root, args[1], args[2], "child"]);
            KillManyTimes(root, new Random(seed), kills, reaps: args[3] == "parent");
            return 0;
        }
        catch (Exception e)
        {
            Console.WriteLine(e);
            return 1;
        }
    }

    /// <summary>A server that may open hardly anything more.</summary>
    private static int Starved(string socket)
    {
        var events = new RecordedEvents { OnStart = static _ => { } };
        int open = Directory.GetFiles("/proc/self/fd").Length;
        NoFileLimit.SetSoft((ulong)open + 40, NoFileLimit.Current().Hard);
        try
        {
            using var link = RecorderLink.Connect(socket, events, 2);
            Console.WriteLine(events.Wait<RecordedEvents.Gone>(static _ => true).Reason);
        }
        catch (RecorderUnavailableException e)
        {
            Console.WriteLine(e.Message);
        }
        return 0;
    }

    private static int Foster(string[] args)
    {
        var reaper = new ChildReaper();
        using var keeper = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [Verb, .. args]) { UseShellExecute = false })!;
        reaper.Leave(keeper.Id);
        while (!keeper.WaitForExit(2))
            reaper.Reap(static _ => { });
        return keeper.ExitCode;
    }

    private static void KillManyTimes(string root, Random random, int kills, bool reaps)
    {
        using var keeper = new Keeper(root);
        var reaper = reaps ? new ChildReaper() : null;
        using var stop = new ManualResetEventSlim();
        var reaping = new Thread(() =>
        {
            while (!stop.Wait(2))
                reaper?.Reap(keeper.Reaped);
        });
        reaping.Start();
        try
        {
            var journals = Enumerable.Range(0, Tasks).Select(_ => Guid.NewGuid()).ToArray();
            var current = new KeptRun?[Tasks];
            var history = journals.Select(_ => new List<KeptRun>()).ToArray();
            while (keeper.Restarts < kills)
            {
                for (int i = 0; i < Tasks; i++)
                {
                    if (current[i] is { Over: false })
                        continue;
                    int lines = random.Next(4) == 0 ? random.Next(20_000) : random.Next(2000);
                    int code = random.Next(256);
                    var request = Printers.Request(lines, random.Next(3) == 0 ? 0 : 1 + (lines / random.Next(1, 30)), code, journals[i], history[i].Count + 1);
                    current[i] = keeper.Spawn(request, lines, code);
                    history[i].Add(current[i]!);
                }
                keeper.WaitForStarts();
                stop.Wait(random.Next(60));
                keeper.Kill();
                keeper.Connect();
                keeper.AdoptAll(run => run.Handover(startReported: random.Next(3) > 0));
            }
            keeper.WaitForEnds();
            keeper.StopRecorder();
            for (int i = 0; i < Tasks; i++)
                Printers.Check(Path.Combine(keeper.Places.JournalRoot, journals[i].ToString("N")), history[i]);
            Console.WriteLine($"{keeper.Restarts} recorders killed, {history.Sum(h => h.Count)} runs, {history.Sum(h => h.Sum(r => 2L * r.Lines))} lines");
        }
        finally
        {
            stop.Set();
            reaping.Join();
        }
    }
}
