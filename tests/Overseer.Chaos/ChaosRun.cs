using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Overseer.Chaos.Checks;
using Overseer.Chaos.Clients;
using Overseer.Chaos.Halves;
using Overseer.Chaos.Workers;

namespace Overseer.Chaos;

/// <summary>One run of the suite: everything is made here, started in order, and looked through at the end.</summary>
internal sealed class ChaosRun : IAsyncDisposable
{
    private const int Starters = 5;
    private const int Watchers = 3;
    private const int Readers = 3;

    // More than run and wait at once: so some are refused.
    private const int LeastPooled = ServerConfiguration.Limit + ServerConfiguration.QueueSize + 2;
    private const int UnseenShown = 10;
    private const string BeforeTheEnd = "before the end";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);
    private readonly ChaosOptions _options;
    private readonly ChaosPlaces _places;
    private readonly Faults _faults = new();
    private readonly KillHistory _history = new();
    private readonly Counters _counters = new();
    private readonly LifeRegistry _lives;
    private readonly ServerHalf _server;
    private readonly RecorderHalf _recorder;
    private readonly Orphans _orphans;
    private readonly ExitGate _gate;
    private readonly StopPermits _stops = new();
    private readonly Ropes _ropes;
    private readonly Killer _killer;
    private readonly List<ChaosClient> _clients = [];
    private readonly List<ReaderSlot> _readers = [];
    private PoolKeeper? _pool;
    private readonly long _begin = Stopwatch.GetTimestamp();

    private ChaosRun(ChaosOptions options, string program, ChaosPlaces places)
    {
        _options = options;
        _places = places;
        _lives = new LifeRegistry(places);
        _server = new ServerHalf(program, places, _history, _faults);
        _recorder = new RecorderHalf(places, _history);
        _orphans = new Orphans(() => _server.ChildPid);
        _gate = new ExitGate(places);
        _ropes = new Ropes(_lives);
        _killer = new Killer(options, _server, _recorder, _ropes, _lives, _gate, _stops, _history, _faults);
    }

    internal IReadOnlyList<string> Faults => _faults.All;

    internal IReadOnlyList<string> History => _history.Latest;

    /// <summary>Tasks that were not seen to their end, at most so many: what was seen of them, and what is in their journals. While the server still runs.</summary>
    internal IReadOnlyList<string> Unseen { get; private set; } = [];

    internal ChaosPlaces Places => _places;

    /// <summary>One line; complete after <see cref="RunAsync"/>.</summary>
    internal string Summary { get; private set; } = "";

    internal static ChaosRun Prepare(ChaosOptions options)
    {
        var places = new ChaosPlaces(Path.Combine(Path.GetFullPath(options.Directory), $"overseer-chaos-{Guid.NewGuid().ToString("N")[..8]}"));
        WorkerProgram.Compile(places.Worker);
        File.WriteAllText(places.Configuration, ServerConfiguration.Text(places));
        return new ChaosRun(options, ProgramUnderTest.Find(options.Overseer), places);
    }

    internal async Task RunAsync()
    {
        try
        {
            _server.Start();
            await _server.ReadyAsync(StartLimit);
            await KillAsync();
            if (_faults.All.Count == 0)
                await EndAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException)
        {
            if (_faults.All.Count == 0)
                _faults.Add(e.ToString());
        }
        if (_faults.All.Count > 0)
            Unseen = [.. new JournalAudit(_places, _lives, new Dictionary<string, int>(), _faults).Describe([.. _lives.Open.Where(IsUnseen).Take(UnseenShown)], _ropes)];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            await client.DisposeAsync();
        _server.Dispose();
        foreach (var pid in OwnProcesses())
            _ = Interop.Kill(pid, Interop.SigKill);
        _gate.Dispose();
        await Task.Delay(50);
        _orphans.Dispose();
        _faults.Dispose();
    }

    private async Task KillAsync()
    {
        for (var i = 0; i < Starters + Watchers; i++)
        {
            var client = new ChaosClient($"{(i < Starters ? "starter" : "watcher")} {i}", overTcp: i % 2 == 0, _server, _places, _counters, _faults);
            _clients.Add(client);
            client.Begin();
        }
        using var end = new CancellationTokenSource(TimeSpan.FromMinutes(_options.Minutes));
        var audience = new Audience(_options.Seed, _clients[Starters..], _lives, _faults);
        var slots = Enumerable.Range(0, _options.Tasks)
            .Select(i => Task.Run(() => new Slot(i, _options.Seed, _clients[i % Starters], audience, _lives, _ropes, _stops, _history, _faults).RunAsync(end.Token)))
            .ToList();
        slots.AddRange(Enumerable.Range(0, Math.Max(LeastPooled, _options.Tasks / 4))
            .Select(i => Task.Run(() => new PoolSlot(i, _options.Seed, _clients[i % Starters], _lives, _ropes, _stops, _history, _faults).RunAsync(end.Token))));
        _readers.AddRange(Enumerable.Range(0, Readers).Select(i => new ReaderSlot(i, _options.Seed, _clients[i % Starters], _places, _lives, _ropes, _history, _faults)));
        slots.AddRange(_readers.Select(reader => Task.Run(() => reader.RunAsync(end.Token))));
        _pool = new PoolKeeper(_options.Seed, _clients[0], _places, _lives, _stops, _history, _faults);
        slots.Add(Task.Run(() => _pool.RunAsync(end.Token)));
        await _killer.RunAsync(end.Token);
        await Task.WhenAll(slots);
        await audience.LeftAsync();
    }

    private async Task EndAsync()
    {
        var known = await ListAsync();
        CheckList(known, BeforeTheEnd);
        foreach (var life in _lives.Roots.Where(life => !life.IsOver || (life.Plan.MayRunAgain && !life.IsSettled)))
            life.StopRequested = true;

        // One whose process ends by itself before the server has come to it is none that the server stops: its daemon goes on, and both halves do not.
        foreach (var life in _lives.Open.Where(life => life.Plan is { DaemonLines: > 0, Ending: not Ending.Stop }))
            life.DaemonMayOutliveBoth = true;
        await StopServerAsync();
        foreach (var client in _clients)
            await client.DisposeAsync();
        _clients.Clear();

        // Once more, with nothing running: what is in the store, and not in anybody's memory.
        _server.Start();
        await _server.ReadyAsync(StartLimit);
        var last = new ChaosClient("last", overTcp: false, _server, _places, _counters, _faults);
        _clients.Add(last);
        last.Begin();
        var after = await ListAsync();
        CheckList(after, "after the end");
        await StopServerAsync();

        var audit = new JournalAudit(_places, _lives, after.ToDictionary(task => task.Key, task => task.Value.GetProperty("restart_count").GetInt32()), _faults);
        audit.Run();
        _pool!.Audit();
        Summary = $"chaos with seed {_options.Seed}: {_history.All} kills ({_history.OfServer} of the server, {_history.OfRecorder} of the recorder, {_history.OfBoth} times both), "
            + $"{_options.Tasks} tasks at once, {audit.Tasks} in all, {audit.Starts} starts, {audit.Restarts} of them by a policy, {audit.Resets} by a reset and {audit.Returns} of tasks that had made room, {audit.Exits} exits, "
            + $"a queue looked at {_pool.Looks} times and changed {_pool.Changes} times, {_readers.Sum(reader => reader.Accepted):#,0} inputs, {audit.Lines:#,0} lines, {audit.Bytes:#,0} bytes, "
            + $"{_counters.Resumes:#,0} resumes, {_counters.Events:#,0} events checked by {Starters + Watchers} clients, {Stopwatch.GetElapsedTime(_begin).TotalSeconds:0} s, "
            + $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}: "
            + (_faults.All.Count == 0 ? "nothing lost, doubled or left" : $"{_faults.All.Count} FAULTS");
    }

    private bool IsUnseen(Life life) => _lives.Progress(life) is { } page && !Ropes.IsAlive(life, page.MainPid) && !_ropes.IsComplete(life);

    private async Task StopServerAsync()
    {
        if (await _server.StopAsync(StopLimit) is var code && code != 0)
            _faults.Add(code is null ? $"the server has not ended {StopLimit.TotalSeconds:0} s after SIGTERM" : $"the server has ended with code {code}");
        if (!await Until.TrueAsync(() => !OwnProcesses().Any(), StartLimit, CancellationToken.None))
            _faults.Add($"left after the end: {string.Join("; ", OwnProcesses().Select(pid => $"{pid}: {ProcessTable.CommandLine(pid)}"))}");
    }

    private async Task<Dictionary<string, JsonElement>> ListAsync()
    {
        while (true)
        {
            if (await _clients[^1].AskAsync("list", []).WaitAsync(StartLimit) is { } answer)
                return answer.GetProperty("tasks").EnumerateArray().ToDictionary(task => task.GetProperty("task_id").GetString()!);
        }
    }

    private void CheckList(Dictionary<string, JsonElement> tasks, string when)
    {
        foreach (var token in _lives.Roots.GroupBy(life => life.Token))
        {
            var happened = token.Where(life => life.Outcome is StartOutcome.Acknowledged or StartOutcome.FoundLater).MaxBy(life => life.Number);
            if (happened is null)
                continue;
            if (!tasks.TryGetValue(token.Key, out var task))
                _faults.Add($"{when}, list does not have {token.Key}");
            else if (task.GetProperty("params").GetProperty("life").GetString() != $"{happened.Number}")
                _faults.Add($"{when}, list has of {happened.Plan}: {task.GetRawText()}");
            else if ((happened.StopRequested && when != BeforeTheEnd) || (happened.Plan.MayRunAgain ? happened.IsSettled : happened.IsOver))
                CheckStatus(happened, task, when);
        }
    }

    private static bool IsRightState(Life life, string state) => life.Plan.Retries is null ? state == "stopped" : state is "stopped" or "errored" && (life.StopRequested || state == "errored");

    private void CheckStatus(Life life, JsonElement task, string when)
    {
        var code = task.TryGetProperty("last_exit_code", out var number) ? number.GetInt32() : int.MinValue;
        var signal = task.TryGetProperty("last_signal", out var name) && name.GetString() is { Length: > 0 } text ? text : null;
        RunEnd[] right = life.MayBeStopped ? [life.Plan.StoppedEnd, life.Plan.NaturalEnd, .. life.StopCutShort ? [LifePlan.KilledEnd] : Array.Empty<RunEnd>()] : [life.Plan.NaturalEnd];
        if (!IsRightState(life, task.GetProperty("state").GetString()!) || !right.Any(end => (end.Code, end.Signal) == (code, signal)))
            _faults.Add($"{when}, list has of {life.Plan}: {task.GetRawText()}");
    }

    // Servers, recorders and workers of this run, and nobody who only looks at its files.
    private IEnumerable<int> OwnProcesses()
    {
        string[] marks = [$"--state-dir {_places.State} ", $"--journals {_places.Journals} "];
        return ProcessTable.Pids().Where(pid => ProcessTable.CommandLine(pid) is var line
            && (line.StartsWith(_places.Worker + ' ', StringComparison.Ordinal) || marks.Any(mark => line.Contains(mark, StringComparison.Ordinal))));
    }
}
