using System.Diagnostics;
using Overseer.Configuration;
using Overseer.Core.Tasks.Storage;
using Overseer.Server.Tests.Harness;
using Overseer.Storage;

namespace Overseer.Server.Tests.Storage;

/// <summary>What the store takes of a server's time. The bounds are several times what an idle machine needs; the figures are in the output.</summary>
[Collection(nameof(Alone))]
public sealed class StoreFigureTests(ITestOutputHelper output) : StorePlace
{
    private const int Tasks = 10_000;
    private const int RunsOfATask = 3;
    private const int Batch = 256;
    private const int MostMicroseconds = 150;

    // The bounds are of the store; a disk that others keep busy gets another chance.
    private const int Retries = 5;

    [Theory]
    [InlineData(Durability.Normal)]
    [InlineData(Durability.Full)]
    public void Ten_thousand_tasks(Durability durability)
    {
        using (var store = Open(durability))
        {
            store.Load();
            for (var first = 1; first <= Tasks; first += Batch) store.Commit(New(first, Math.Min(Batch, Tasks - first + 1)));
            var changes = Enumerable.Range(0, 64).Select(i => Changed(1 + (i * 150), i % 2 == 0 ? 3 : 2)).ToList();
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var times = changes.ConvertAll(change => Time(() => store.Commit(change)));
            var row = Middle(times) / (2 * Batch);
            output.WriteLine($"commit of {Batch} tasks and as many runs: {row.TotalMicroseconds:F1} µs a row, the slowest commit {times.Max().TotalMilliseconds:F1} ms, {(GC.GetAllocatedBytesForCurrentThread() - allocated) / (changes.Count * 2 * Batch)} bytes allocated a row");
            var single = Enumerable.Range(0, 200).Select(i => Changed(1 + i, 3, 1)).Select(change => Time(() => store.Commit(change))).Order().ToList();
            output.WriteLine($"commit of one task and run: {single[100].TotalMicroseconds:F0} µs, p99 {single[198].TotalMicroseconds:F0} µs");
            for (var again = 0; again < Retries && row.TotalMicroseconds > MostMicroseconds; again++) row = Middle(changes.ConvertAll(change => Time(() => store.Commit(change)))) / (2 * Batch);
            Assert.InRange(row.TotalMicroseconds, 0, MostMicroseconds);
        }

        output.WriteLine($"{new FileInfo(Database).Length >> 10} KiB");
        using (var connection = StoreConnection.OpenUntouched(Database))
        {
            var check = Time(() => connection.Value("PRAGMA quick_check(1)"));
            for (var again = 0; again < Retries && check.TotalMilliseconds > 1000; again++) check = Time(() => connection.Value("PRAGMA quick_check(1)"));
            output.WriteLine($"quick_check: {check.TotalMilliseconds:F0} ms");
            Assert.InRange(check.TotalMilliseconds, 0, 1000);
        }

        SqliteTaskStore? opened = null;
        output.WriteLine($"opening: {Time(() => opened = Open(durability)).TotalMilliseconds:F0} ms");
        using (opened)
        {
            var found = StoredState.Empty;
            output.WriteLine($"loading: {Time(() => found = opened!.Load()).TotalMilliseconds:F0} ms");
            Assert.Equal((Tasks, Tasks * RunsOfATask), (found.Tasks.Count, found.Runs.Count));
        }
    }

    private static TimeSpan Middle(List<TimeSpan> times) => times.Order().ElementAt(times.Count / 2);

    private static TimeSpan Time(Action action)
    {
        var begin = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(begin);
    }

    private static EngineChanges New(int first, int count) => new()
    {
        Tasks = [.. Enumerable.Range(first, count).Select(number => Records.Task(number))],
        Runs = [.. Enumerable.Range(first, count).SelectMany(number => Enumerable.Range(1, RunsOfATask).Select(ordinal => Records.Run(number, ordinal)))],
        LastNumber = first + count - 1,
    };

    private static EngineChanges Changed(int first, int ordinal, int count = Batch) => new()
    {
        Tasks = [.. Enumerable.Range(first, count).Select(number => Records.Restarted(number, ordinal))],
        Runs = [.. Enumerable.Range(first, count).Select(number => Records.Run(number, ordinal) with { ExitCode = ordinal })],
    };
}
