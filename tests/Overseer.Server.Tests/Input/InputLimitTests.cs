using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Input;

/// <summary>What waits for a program that does not read is bounded, and holds up nobody else.</summary>
[Collection(nameof(Alone))]
public sealed class InputLimitTests
{
    [Fact]
    public async Task As_much_as_the_limit_waits_and_not_a_byte_more()
    {
        await using var server = await RunningServer.StartAsync("limits: {max_input_bytes: 100000}\n" + InputActions.Yaml);
        await using var client = await server.ConnectAsync();
        var go = new Fifo(server.PathOf("go"));
        await client.StartReaderAsync("t", $"read _ < {go.Path}; wc -c");
        Assert.Equal(
            "the input has 100001 bytes, more than may wait for one task (limits.max_input_bytes: 100000); nothing of it was written",
            await client.InputAsync("t", new string('x', 100_001)));
        Assert.Equal("accepted t", await client.InputAsync("t", new string('a', InputActions.PipeBytes)));

        // The pipe is full: from now on everything waits.
        var first = await client.SendAsync("input", ("task_id", "t"), ("data", new string('b', 99_744)));
        var second = await client.SendAsync("input", ("task_id", "t"), ("data", new string('c', 256)));
        Assert.Equal(
            "the task does not read its input fast enough: 100000 bytes wait already, and 100000 may (limits.max_input_bytes); nothing of this input was written",
            await client.InputAsync("t", "d"));

        await go.OpenAsync();
        await client.ExpectAsync("answer", message => message.Id == first && message.Type == "accepted");
        await client.ExpectAsync("answer", message => message.Id == second && message.Type == "accepted");
        Assert.Equal("accepted t", await client.InputAsync("t", "e", eof: true));
        Assert.Equal($"{InputActions.PipeBytes + 100_001}", (await client.LineAsync("t"))?.Trim());
    }

    [Fact]
    public async Task Small_inputs_are_bounded_too()
    {
        await using var server = await RunningServer.StartAsync("limits: {max_input_bytes: 1KiB}\n" + InputActions.Yaml);
        await using var client = await server.ConnectAsync();
        await client.StartReaderAsync("t", "exec sleep 1000");

        // A pipe has 16 pages; these fill all but the last.
        for (var i = 0; i < 16; i++)
        {
            for (var part = 0; part < 4; part++)
            {
                Assert.Equal("accepted t", await client.InputAsync("t", new string('x', 1024)));
            }
        }

        for (var i = 0; i < 4; i++)
        {
            await client.SendAsync("input", ("task_id", "t"), ("data", "x"));
        }

        Assert.StartsWith("the task does not read its input fast enough: 1024 bytes wait already", await client.InputAsync("t", "x"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_stays_flat_while_a_client_writes_to_a_program_that_never_reads()
    {
        await using var server = await RunningServer.StartAsync(InputActions.Yaml);
        await using var client = await server.ConnectAsync();
        await client.StartReaderAsync("deaf", "exec sleep 1000");
        await client.StartReaderAsync("other", "exec cat");
        var piece = new string('x', 250_000);
        await FloodAsync(50);
        var before = Used();

        // 100 MB. The buffers that threads keep for each other grow a little with every thread that joins in.
        await FloodAsync(400);
        Assert.InRange(Used() - before, long.MinValue, 32L << 20);
        Assert.Equal("accepted other", await client.InputAsync("other", "still here\n"));
        Assert.Equal("still here", await client.LineAsync("other"));

        async Task FloodAsync(int times)
        {
            for (var i = 0; i < times; i++)
            {
                await client.SendAsync("input", ("task_id", "deaf"), ("data", piece));
                await client.DrainAsync();
            }
        }

        static long Used()
        {
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
            return GC.GetTotalMemory(forceFullCollection: true);
        }
    }
}
