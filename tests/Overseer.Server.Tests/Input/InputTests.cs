using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Input;

/// <summary>What clients write to tasks.</summary>
public sealed class InputTests
{
    private const string NotRead = "nobody reads the input of the task any more: the program has closed it, or has ended";

    [Fact]
    public async Task What_is_written_is_read_and_answered()
    {
        await using var server = await RunningServer.StartAsync(InputActions.Yaml);
        await using var client = await server.ConnectAsync();
        await client.StartReaderAsync("sum", "while read a b; do echo $((a + b)); done; echo end; exit 3");
        Assert.Equal("accepted sum", await client.InputAsync("sum", "3 4\n"));
        Assert.Equal("7", await client.LineAsync("sum"));
        Assert.Equal("accepted sum", await client.InputAsync("sum", "40 "));
        Assert.Equal("accepted sum", await client.InputAsync("sum", "2\n1 1\n"));
        Assert.Equal("42", await client.LineAsync("sum"));
        Assert.Equal("2", await client.LineAsync("sum"));
        Assert.Equal("accepted sum", await client.InputAsync("sum", "", eof: true));
        Assert.Equal("end", await client.LineAsync("sum"));
        Assert.Equal(3, (await client.ExpectAsync("exited", "sum")).ExitCode);
    }

    [Fact]
    public async Task Text_arrives_as_it_is_and_the_end_of_input_comes_after_the_data_it_came_with()
    {
        await using var server = await RunningServer.StartAsync(InputActions.Yaml);
        await using var client = await server.ConnectAsync();
        await client.StartReaderAsync("t", "exec cat");
        Assert.Equal("accepted t", await client.InputAsync("t", "tab\t, \"quoted\", grüße 日本 🦉\nunfinished", eof: true));
        Assert.Equal("tab\t, \"quoted\", grüße 日本 🦉", await client.LineAsync("t"));
        Assert.Equal("unfinished", await client.LineAsync("t"));
        Assert.Equal(0, (await client.ExpectAsync("exited", "t")).ExitCode);
    }

    [Fact]
    public async Task Ten_megabytes_go_through_in_order_from_two_clients()
    {
        await using var server = await RunningServer.StartAsync(InputActions.Yaml);
        await using var client = await server.ConnectAsync();
        await using var other = await server.ConnectAsync();
        await client.StartReaderAsync("t", "exec cat");
        const int Pieces = 200;
        var output = ReadAsync();
        for (var i = 0; i < Pieces; i++)
        {
            // 100 lines, of which the first says which piece this is; from the two in turn, and the next when the one before is accepted.
            var piece = string.Concat(Enumerable.Range(0, 100).Select(line => $"{i} {line} {new string('x', 500)}\n"));
            await other.SendAsync("input", ("task_id", "t"), ("data", piece));
            Assert.Equal("accepted", (await other.ReadAsync()).Type);
        }

        await other.SendAsync("input", ("task_id", "t"), ("data", ""), ("eof", true));
        var lines = await output;
        Assert.Equal(Enumerable.Range(0, Pieces * 100).Select(n => $"{n / 100} {n % 100}"), lines);

        async Task<List<string>> ReadAsync()
        {
            var seen = new List<string>();
            while (await client.ReadAsync() is var message && !message.Is("exited", "t"))
            {
                Assert.EndsWith(" " + new string('x', 500), message.Data, StringComparison.Ordinal);
                seen.Add(message.Data![..^501]);
            }

            return seen;
        }
    }

    [Fact]
    public async Task Inputs_that_are_sent_without_waiting_are_written_in_the_order_of_their_arrival()
    {
        await using var server = await RunningServer.StartAsync(InputActions.Yaml);
        await using var client = await server.ConnectAsync();
        var go = new Fifo(server.PathOf("go"));
        await client.StartReaderAsync("t", $"read _ < {go.Path}; exec cat");
        var expected = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            var data = $"{i} {new string((char)('a' + i), 20_000)}";
            expected.Add(data);
            await client.SendAsync("input", ("task_id", "t"), ("data", data + "\n"));
        }

        await client.SendAsync("input", ("task_id", "t"), ("data", "last"), ("eof", true));
        await go.OpenAsync();
        var events = await client.UntilAsync("exited", "t");
        Assert.Equal([.. expected, "last"], events.Where(e => e.Type == "output").Select(e => e.Data));
        Assert.Equal(21, events.Count(e => e.Type == "accepted"));
    }

    [Fact]
    public async Task Each_reason_why_input_is_not_taken_has_its_words()
    {
        await using var server = await RunningServer.StartAsync(InputActions.Yaml);
        await using var client = await server.ConnectAsync();
        Assert.Equal("task not found", await client.InputAsync("nobody", "x"));
        Assert.Equal("data must not be empty, unless eof is true", await client.InputAsync("nobody", ""));
        Assert.Equal("data must not be empty, unless eof is true", await client.InputAsync("nobody", "", eof: false));

        await client.StartShellAsync("none", "exec sleep 1000");
        Assert.Equal("the action's stdin is not a pipe (set config.stdin: pipe)", await client.InputAsync("none", "x"));

        await client.StartReaderAsync("over", "exit 0");
        await client.ExpectAsync("exited", "over");
        Assert.Equal("task is not running", await client.InputAsync("over", "x"));

        await client.StartReaderAsync("ended", "cat; echo on; exec sleep 1000");
        Assert.Equal("accepted ended", await client.InputAsync("ended", "", eof: true));
        Assert.Equal("on", await client.LineAsync("ended"));
        Assert.Equal("input of the task was closed", await client.InputAsync("ended", "x"));
        Assert.Equal("input of the task was closed", await client.InputAsync("ended", "", eof: true));
    }

    [Fact]
    public async Task A_program_that_has_closed_its_input_is_said_so_at_once_and_while_input_waits()
    {
        await using var server = await RunningServer.StartAsync(InputActions.Yaml);
        await using var client = await server.ConnectAsync();
        var go = new Fifo(server.PathOf("go"));
        var started = await client.StartReaderAsync("t", $"read _ < {go.Path}; exec 0<&-; echo closed; exec sleep 1000");
        var waiting = await client.SendAsync("input", ("task_id", "t"), ("data", new string('x', 100_000)));
        var behind = await client.SendAsync("input", ("task_id", "t"), ("data", "more"));
        await started.PipeFilledAsync();
        await go.OpenAsync();
        var answers = await client.UntilAsync("answer", message => message.Id == behind);
        Assert.Equal($"{NotRead}; 65536 of 100000 bytes were written before", answers.Single(message => message.Id == waiting).Message);
        Assert.Equal(NotRead, answers[^1].Message);
        Assert.Equal(NotRead, await client.InputAsync("t", "x"));
        Assert.Equal("accepted t", await client.InputAsync("t", "", eof: true));
    }

    [Fact]
    public async Task The_same_task_started_again_has_an_input_of_its_own()
    {
        await using var server = await RunningServer.StartAsync(InputActions.Yaml);
        await using var client = await server.ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            await client.StartReaderAsync("t", "exec cat");
            Assert.Equal("accepted t", await client.InputAsync("t", $"{i}\n"));
            Assert.Equal($"{i}", await client.LineAsync("t"));
            Assert.Equal("accepted t", await client.InputAsync("t", "", eof: true));
            Assert.Equal(0, (await client.ExpectAsync("exited", "t")).ExitCode);
        }
    }

    [Fact]
    public async Task A_task_that_is_restarted_by_its_policy_reads_an_input_of_its_own_though_the_one_before_was_ended()
    {
        await using var server = await RunningServer.StartAsync(InputActions.Yaml.Replace("  in:\n", "  in:\n    retry: {restart_delay: 20ms}\n", StringComparison.Ordinal));
        await using var client = await server.ConnectAsync();
        await client.StartReaderAsync("t", "echo up; cat; exit 1");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("up", await client.LineAsync("t"));
            Assert.Equal("accepted t", await client.InputAsync("t", $"{i}\n", eof: true));
            Assert.Equal($"{i}", await client.LineAsync("t"));
            await client.ExpectAsync("restarting", "t");
        }
    }

    [Fact]
    public async Task A_task_that_waits_for_its_restart_has_no_input()
    {
        await using var server = await RunningServer.StartAsync(InputActions.Yaml.Replace("  in:\n", "  in:\n    retry: {restart_delay: 1h}\n", StringComparison.Ordinal));
        await using var client = await server.ConnectAsync();
        await client.StartReaderAsync("t", "exit 1");
        await client.ExpectAsync("restarting", "t");
        Assert.Equal("task is not running", await client.InputAsync("t", "x"));
    }

    [Fact]
    public async Task A_stop_ends_what_waits_to_be_read()
    {
        await using var server = await RunningServer.StartAsync(InputActions.Yaml);
        await using var client = await server.ConnectAsync();
        var started = await client.StartReaderAsync("t", "exec sleep 1000");
        var partly = await client.SendAsync("input", ("task_id", "t"), ("data", new string('x', 100_000)));
        var waits = await client.SendAsync("input", ("task_id", "t"), ("data", "more"));
        await started.PipeFilledAsync();
        await client.SendAsync("stop", ("task_id", "t"));
        var answers = new Dictionary<string, WireMessage>();
        while (answers.Count < 2)
        {
            var message = await client.ReadAsync();
            if (message.Id == partly || message.Id == waits)
            {
                answers.Add(message.Id, message);
            }
        }

        // Whichever is noticed first: that the pipe has no reader, or the exit.
        string[] reasons = [NotRead, "the task ended before all of this input was written"];
        Assert.Contains(answers[partly].Message, reasons.Select(reason => $"{reason}; 65536 of 100000 bytes were written before"));
        Assert.Contains(answers[waits].Message, reasons);
    }

    [Fact]
    public async Task Input_of_a_client_that_has_gone_is_written_all_the_same()
    {
        await using var server = await RunningServer.StartAsync(InputActions.Yaml);
        await using var client = await server.ConnectAsync();
        var go = new Fifo(server.PathOf("go"));
        await client.StartReaderAsync("t", $"read _ < {go.Path}; wc -c");
        await using (var other = await server.ConnectAsync())
        {
            await other.SendAsync("input", ("task_id", "t"), ("data", new string('x', 200_000)), ("eof", true));
            await other.DrainAsync();
        }

        await go.OpenAsync();
        Assert.Equal("200000", (await client.LineAsync("t"))?.Trim());
    }

    [Fact]
    public async Task A_hundred_tasks_are_written_to_beside_a_hundred_that_never_read()
    {
        await using var server = await RunningServer.StartAsync(InputActions.Yaml);
        await using var client = await server.ConnectAsync();
        for (var i = 0; i < 100; i++)
        {
            await client.StartReaderAsync($"deaf{i}", "exec sleep 1000");
            await client.SendAsync("input", ("task_id", $"deaf{i}"), ("data", new string('x', 70_000)));
            await client.StartReaderAsync($"t{i}", "exec cat");
        }

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal($"accepted t{i}", await client.InputAsync($"t{i}", $"{i}\n"));
            Assert.Equal($"{i}", await client.LineAsync($"t{i}"));
        }
    }
}
