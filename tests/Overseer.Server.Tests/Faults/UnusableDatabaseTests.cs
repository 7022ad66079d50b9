using System.Buffers.Binary;
using Overseer.Hosting;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Faults;

/// <summary>A server finds a database that it cannot use while tasks run: it does not start, says why, and touches neither the file nor the tasks.</summary>
public sealed class UnusableDatabaseTests
{
    [Theory]
    [InlineData("newer", "was written by a newer Overseer")]
    [InlineData("damaged", "is damaged (")]
    [InlineData("no database", "is no database of SQLite")]
    public async Task It_is_refused_and_the_tasks_wait_for_a_server_that_can_read_it(string what, string message)
    {
        await using var site = new Site();
        await site.StartAsync();
        var go = new Fifo(site.PathOf("go"));
        int pid;
        await using (var client = await site.ConnectAsync())
        {
            pid = (await client.StartShellAsync("t", $"echo one; read _ < {go.Path}; echo two; exit 7")).Pid;
            await client.ExpectAsync("output", "t");
            for (var i = 0; i < 50; i++)
            {
                await client.StartShellAsync($"ended{i}", "exit 1");
            }

            await RecorderDeathTests.EndedAsync(client, 50, "ended");
        }

        await site.KillServerAsync();
        var database = Path.Combine(site.State, "overseer.db");
        var good = Read(database);
        Break(database, what);
        var broken = Read(database);

        var (code, _, error) = await site.Begin().EndAsync();
        Assert.Equal(ExitCodes.CannotStart, code);
        Assert.Contains(database, error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Equal(broken, Read(database));
        Assert.True(Directory.Exists($"/proc/{pid}"));

        // What was put aside is put back.
        foreach (var (file, bytes) in good)
        {
            await File.WriteAllBytesAsync(file, Convert.FromHexString(bytes));
        }

        await site.StartAsync();
        await using var again = await site.ConnectAsync();
        Assert.Equal(51, (await again.ListAsync()).Count);
        await again.AskAsync("subscribe", ("task_id", "t"), ("from_seq", 1));
        await go.OpenAsync();
        var events = await again.UntilAsync("exited", "t");
        Assert.Equal(["one", "two"], events.Where(e => e.Type == "output").Select(e => e.Data));
        Assert.Equal((pid, 7), (events[^1].Pid, events[^1].ExitCode));
    }

    private static SortedDictionary<string, string> Read(string database) => new(
        Directory.GetFiles(Path.GetDirectoryName(database)!, Path.GetFileName(database) + "*").ToDictionary(file => file, file => Convert.ToHexString(File.ReadAllBytes(file)), StringComparer.Ordinal),
        StringComparer.Ordinal);

    private static void Break(string database, string how)
    {
        var bytes = File.ReadAllBytes(database);
        switch (how)
        {
            case "newer":
                BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(60), 99);
                File.Delete(database + "-wal");
                break;
            case "damaged":
                bytes.AsSpan(4096 + 8, bytes.Length - 4096 - 8).Fill(0x5a);
                File.Delete(database + "-wal");
                break;
            default:
                bytes.AsSpan(0, 100).Clear();
                break;
        }

        File.WriteAllBytes(database, bytes);
    }
}
