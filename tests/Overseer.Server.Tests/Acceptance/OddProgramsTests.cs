using System.Text;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Acceptance;

/// <summary>Programs that print, close and end in unusual ways.</summary>
public sealed class OddProgramsTests
{
    private const int MaxLineBytes = 1024 * 1024;

    [Fact]
    public async Task A_line_of_100_MB_comes_in_parts_and_byte_for_byte()
    {
        const long size = 100_000_000;
        const string unit = "0123456789abcdefghijklmnopqrstuvwxyz";
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.StartShellAsync("long", $"yes {unit} | tr -d '\\n' | head -c {size}; echo; echo after");

        long bytes = 0;
        long seq = 0;
        WireMessage part;
        do
        {
            part = await client.ExpectAsync("a part of the line", message => message.Type is "output" or "exited");
            Assert.Equal(("output", ++seq), (part.Type, part.Seq));
            var data = part.Data!;
            Assert.Equal(part.Partial ? MaxLineBytes : (int)(size % MaxLineBytes), data.Length);
            var turn = (int)(bytes % unit.Length);
            var expected = string.Concat(Enumerable.Repeat(unit, (data.Length / unit.Length) + 2)).AsSpan(turn, data.Length);
            Assert.True(expected.SequenceEqual(data), $"part {seq} differs");
            bytes += data.Length;
        }
        while (part.Partial);
        Assert.Equal(size, bytes);

        var rest = await client.UntilAsync("exited", "long");
        Assert.Equal(["after"], rest.SkipLast(1).Select(line => line.Data));
        Assert.Equal(seq + 1, rest[0].Seq);
    }

    [Fact]
    public async Task A_child_that_closes_its_streams_lives_on_until_it_exits()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var gate = new Fifo(server.PathOf("gate"));

        await client.StartShellAsync("closer", $"echo before; exec >&- 2>&-; read _ < {gate.Path}; exit 5");
        await client.ExpectAsync("output", "closer");
        Assert.Equal("active", (await client.ListAsync()).Single().Text("state"));
        await gate.OpenAsync();

        var exited = await client.ExpectAsync("exited", "closer");
        Assert.Equal((5, false), (exited.ExitCode, exited.Intentional));
    }

    [Fact]
    public async Task Exited_comes_at_the_childs_exit_and_a_grandchilds_output_after_it()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var gate = new Fifo(server.PathOf("gate"));

        var first = await client.StartShellAsync("parent", $"(read _ < {gate.Path}; echo late; echo later >&2) & printf unfinished; exit 7");
        var life = await client.UntilAsync("exited", "parent");
        Assert.Equal(["unfinished"], life.SkipLast(1).Select(line => line.Data));
        Assert.Equal(7, life[^1].ExitCode);
        Assert.Equal("stopped", (await client.ListAsync()).Single().Text("state"));

        var second = await client.StartShellAsync("parent", "echo second");
        Assert.Equal("second", (await client.ExpectAsync("output", "parent")).Data);
        await client.ExpectAsync("exited", "parent");
        await gate.OpenAsync();

        var late = new[] { await client.ExpectAsync("output", "parent"), await client.ExpectAsync("output", "parent") };
        Assert.Equal(["late", "later"], late.Select(line => line.Data).Order(StringComparer.Ordinal));
        Assert.Equal([3L, 4L], late.Select(line => line.Seq));
        Assert.All(late, line => Assert.Equal(first.Pid, line.Pid));
        Assert.NotEqual(first.Pid, second.Pid);
    }

    [Fact]
    public async Task Bytes_of_all_kinds_come_as_the_protocol_says()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.StartShellAsync("bytes", @"printf 'nul\0nul\r\n\377\303\050\n\r\r\n\n\342\202\254 \360\237\231\202\na\rb\nno end'");
        var life = await client.UntilAsync("exited", "bytes");

        Assert.Equal(["nul\0nul", "\uFFFD\uFFFD(", "\r", "", "€ 🙂", "a\rb", "no end"], life.SkipLast(1).Select(line => line.Data));
        Assert.Equal(Enumerable.Range(1, 7).Select(i => (long)i), life.SkipLast(1).Select(line => line.Seq));
        Assert.All(life.SkipLast(1), line => Assert.False(line.Partial));
    }

    [Fact]
    public async Task Both_streams_share_one_numbering_and_keep_their_order()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.StartShellAsync("both", "i=0; while [ $i -lt 500 ]; do echo $i; echo $i >&2; i=$((i+1)); done");
        var lines = (await client.UntilAsync("exited", "both")).SkipLast(1).ToList();

        Assert.Equal(Enumerable.Range(1, 1000).Select(i => (long)i), lines.Select(line => line.Seq));
        foreach (var stream in (string[])["stdout", "stderr"])
        {
            Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{i}"), lines.Where(line => line.Stream == stream).Select(line => line.Data));
        }
    }

    [Theory]
    [InlineData("KILL")]
    [InlineData("SEGV")]
    [InlineData("TERM")]
    public async Task A_child_killed_by_a_signal_says_which(string signal)
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.StartShellAsync("killed", $"kill -{signal} $$");
        var exited = await client.ExpectAsync("exited", "killed");

        Assert.Equal((-1, "SIG" + signal, false), (exited.ExitCode, exited.Signal, exited.Intentional));
        var listed = (await client.ListAsync()).Single();
        Assert.Equal(("stopped", -1L, "SIG" + signal), (listed.Text("state"), listed.Number("last_exit_code"), listed.Text("last_signal")));
    }

    [Fact]
    public async Task Ten_thousand_arguments_reach_the_program()
    {
        var arguments = new StringBuilder("[\"-c\", 'echo $# ${10000}', sh");
        for (var i = 1; i <= 10_000; i++)
        {
            arguments.Append($", \"a {i}\"");
        }

        await using var server = await RunningServer.StartAsync($"actions: {{many: {{type: exec, config: {{entrypoint: sh, command: {arguments}]}}}}}}");
        await using var client = await server.ConnectAsync();

        await client.AskAsync("start", ("action", "many"), ("task_id", "many"));

        Assert.Equal("10000 a 10000", (await client.ExpectAsync("output", "many")).Data);
    }

    [Fact]
    public async Task An_argument_may_have_131071_bytes_and_not_one_more()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var script = "echo fits #".PadRight(131_071, 'x');

        await client.StartShellAsync("fits", script);
        Assert.Equal("fits", (await client.ExpectAsync("output", "fits")).Data);

        var refused = await client.StartShellAsync("large", script + "x");
        Assert.Equal("error", refused.Type);
        Assert.Matches("^cannot execute /.*/sh: argument 2 has 131072 bytes; one argument has at most 131071", refused.Message);
        Assert.Equal(["fits"], (await client.ListAsync()).Select(task => task.TaskId));
    }

    [Fact]
    public async Task A_child_may_delete_its_own_directory()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.StartShellAsync("homeless", $"mkdir {server.PathOf("home")}; cd {server.PathOf("home")}; rmdir {server.PathOf("home")}; echo gone; exit 4");

        Assert.Equal("gone", (await client.ExpectAsync("output", "homeless")).Data);
        Assert.Equal(4, (await client.ExpectAsync("exited", "homeless")).ExitCode);
    }
}
