using System.Diagnostics;
using System.Text.Json.Nodes;
using Overseer.Protocols.Classic;
using Overseer.Protocols.V2;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Fuzz;

/// <summary>
/// The protocol over a real WebSocket, in all its profiles, with messages that are a little, or very, wrong. What must hold: no crash, an answer to every message that must
/// have one, every answer readable, and nothing that stays. <c>make fuzz MINUTES=10 SEED=n</c> does the same for longer, or again.
/// </summary>
[Collection(nameof(Alone))]
public sealed class ProtocolFuzzTests(ITestOutputHelper output)
{
    private const int BatchSize = 64;
    private const int BatchesOfConnection = 12;
    private const int Samples = 12;
    private const int Periods = 3;
    private const long MostBytes = 1024 * 1024 / 3;
    private const int MostDescriptors = 2;

    // Small limits, so that they are reached and memory has an end soon. The retries and pools are what restarts, queues and displacement come from.
    private const string Configuration = """
        command: echo
        limits: {max_tasks: 150, max_subscriptions: 100, max_message_bytes: 128KiB, max_pending_starts: 16, max_labels: 8, max_parameters: 20}
        task_pool: {limit: 8, queue: {enabled: true, size: 12, max_age: 2}}
        actions:
          build:
            type: exec
            config: {entrypoint: echo, command: ["[[.target]]"], parameters: {target: all}}
          crawl:
            type: exec
            retry: {restart_delay: 20ms, error_threshold: 3}
            task_pool: {limit: 3, queue: {enabled: true, size: 4, displace: true}, excess: {action: requeue, grace: 1}}
            dedupe_key: [url]
            config: {entrypoint: sh, command: ["-c", "echo crawling; exit 1"]}
          a:
            type: exec
            config: {entrypoint: sleep, command: ["0.05"], parameters: {x: {default: "1", enum: ["1", "2"]}, token: {default: hidden, secret: true}}}
          cat:
            type: exec
            config: {entrypoint: cat, stdin: pipe}

        """;

    private readonly FuzzOptions _options = FuzzOptions.FromEnvironment();
    private readonly List<long> _memory = [];
    private readonly List<long> _descriptors = [];
    private readonly SortedDictionary<string, long> _received = new(StringComparer.Ordinal);
    private volatile List<byte[]> _latest = [];
    private long _sent;
    private int _connections;

    [Fact]
    public async Task Damaged_messages_are_answered_and_leave_nothing_behind()
    {
        output.WriteLine($"seed {_options.Seed}, {_options.Duration}");
        AppDomain.CurrentDomain.UnhandledException += Crashed;
        var server = await RunningServer.StartAsync(Configuration);
        try
        {
            await RunAsync(server);
        }
        catch (Exception e) when (e is InvalidDataException or TimeoutException or System.Text.Json.JsonException)
        {
            Assert.Fail($"seed {_options.Seed}, after {_sent} messages: {e.Message}");
        }
        finally
        {
            AppDomain.CurrentDomain.UnhandledException -= Crashed;

            // A server that hangs does not end either.
            await Task.WhenAny(server.DisposeAsync().AsTask(), Task.Delay(WireClient.Deadline, TimeProvider.System));
        }

        output.WriteLine($"{_sent} messages sent; came: {string.Join(", ", _received.Select(one => $"{one.Value} {one.Key}"))}; memory {string.Join(" ", _memory.Select(bytes => bytes / 1024))} KiB; descriptors {string.Join(" ", _descriptors)}");
    }

    private async Task RunAsync(RunningServer server)
    {
        var mutator = new MessageMutator(_options.Seed);
        for (var period = 1; await GrowthAsync(server, mutator) is { } growth; period++)
        {
            Assert.True(period < Periods, $"seed {_options.Seed}: {growth}, and in the periods before too: memory {string.Join(" ", _memory)}, descriptors {string.Join(" ", _descriptors)}");
        }

        await using var last = await server.ConnectAsync();
        await AssertServesAsync(last);
        AssertThorough();
    }

    /// <summary>
    /// A period of damaged messages, and what has grown in it. Pools of arrays grow and shrink by rules of their own, and those of other tests in this process do too, so one period may
    /// show something. What leaks does so in each.
    /// </summary>
    private async Task<string?> GrowthAsync(RunningServer server, MessageMutator mutator)
    {
        var (before, clock) = (_memory.Count, Stopwatch.StartNew());
        while (clock.Elapsed < _options.Duration)
        {
            await RunConnectionAsync(server, mutator, _connections++);
            if (clock.Elapsed * Samples >= _options.Duration * (_memory.Count - before + 1))
            {
                await server.UntilNobodyIsConnectedAsync();
                _memory.Add(Memory());
                _descriptors.Add(Directory.GetFiles("/proc/self/fd").Length);
            }
        }

        return Growth("memory", _memory[before..], MostBytes) ?? Growth("descriptors", _descriptors[before..], MostDescriptors);
    }

    /// <summary>One connection of damaged messages, and a janitor beside it. Neither stays: what a client remembers of answers is nothing that the server keeps.</summary>
    private async Task RunConnectionAsync(RunningServer server, MessageMutator mutator, int number)
    {
        await using var janitor = await server.ConnectAsync();
        await janitor.AskAsync("start", ("action", "cat"), ("task_id", "shell"), ("force", true));
        await using (var connection = await FuzzConnection.OpenAsync(server.EndPoint, ProtocolProfile.All[number % 3], _options.Seed + number))
        {
            for (var batch = 0; batch < BatchesOfConnection; batch++)
            {
                _latest = [.. Enumerable.Range(0, BatchSize).Select(_ => mutator.Next($"f{++_sent}"))];
                await connection.ExchangeAsync(_latest, $"last{_sent}");
            }

            foreach (var (type, count) in connection.Received)
            {
                _received[type] = _received.GetValueOrDefault(type) + count;
            }
        }

        await StopEverythingAsync(janitor);
        await UntilNothingRunsAsync(janitor);
    }

    /// <summary>Damage that no message survives, or that does none, would test little: most are refused, and yet every kind of answer comes.</summary>
    private void AssertThorough()
    {
        // No golden message names a process that is there to be adopted, and few a task that is there and has just ended, to be forgotten.
        string[] rare = ["gap", "adopted", "forgotten"];
        Assert.Empty(ProtocolCatalog.Classic.All.Select(message => message.Name).Except(rare).Except(_received.Keys));
        Assert.InRange(_received["error"], _sent / 4, _sent * 9 / 10);
    }

    /// <summary>The first half of the time is for tables to fill. From then on everything stays where it is: of all pairs of samples, most show next to no growth.</summary>
    private static string? Growth(string what, List<long> samples, long most)
    {
        List<long> late = [.. samples.Skip(samples.Count / 2)];
        Assert.True(late.Count > 3, $"too few samples: {samples.Count}");
        List<double> slopes = [.. from i in Enumerable.Range(0, late.Count) from j in Enumerable.Range(i + 1, late.Count - i - 1) select (double)(late[j] - late[i]) / (j - i)];
        slopes.Sort();
        return slopes[slopes.Count / 2] is var growth && growth > most ? $"{what} grew by {growth:0} from sample to sample" : null;
    }

    /// <summary>A client beside it all: it is served at any time, and ends what the damaged starts have begun.</summary>
    private static async Task StopEverythingAsync(WireClient janitor)
    {
        await janitor.AskAsync("set_pool", ("size", 8), ("queue_size", 12));
        await janitor.AskAsync("purge");
        foreach (var task in await janitor.ListAsync(("state", "active")))
        {
            await janitor.SendAsync("stop", ("task_id", task.TaskId), ("grace", "0"));
        }
    }

    private static async Task UntilNothingRunsAsync(WireClient janitor)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (true)
        {
            var left = (await janitor.ListAsync(("state", "active"))).Concat(await janitor.ListAsync(("state", "queued"))).ToList();
            if (left.Count == 0)
            {
                return;
            }

            Assert.False(deadline.IsCancellationRequested, $"still there: {string.Join('\n', left)}");
            await StopEverythingAsync(janitor);
        }
    }

    private static async Task AssertServesAsync(WireClient client)
    {
        await UntilNothingRunsAsync(client);
        var started = await client.AskAsync("start", ("action", "build"), ("task_id", "after"), ("params", new JsonObject { ["target"] = "all is well" }));
        Assert.True(started.Type == "started", $"{started}");
        Assert.Equal("all is well", (await client.ExpectAsync("output", "after")).Data);
        Assert.Equal(0, (await client.ExpectAsync("exited", "after")).ExitCode);
    }

    private void Crashed(object sender, UnhandledExceptionEventArgs e) =>
        Console.Error.WriteLine($"seed {_options.Seed}, message {_sent}: {e.ExceptionObject}\nthe latest were\n{string.Join('\n', _latest.Select(PendingAnswers.Show))}");

    private static long Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
