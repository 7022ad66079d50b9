using System.Threading.Channels;
using Overseer.Cli.Console;
using Overseer.Cli.Processes;
using Overseer.Client.Tests;
using Overseer.Hosting;
using Overseer.Protocols.V2;

namespace Overseer.Cli.Tests;

/// <summary>What <c>top</c> shows, and what keys do.</summary>
public sealed class TopTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly ProcessInfo[] Three = [Info("web", 1, cpu: 5, memory: 300, minutes: 1), Info("build", 2, cpu: 90, memory: 100, minutes: 3, name: "ci"), Info("db", 3, cpu: 5, memory: 200, minutes: 2)];

    [Theory]
    [InlineData("cpu", "build web db")]
    [InlineData("memory", "web db build")]
    [InlineData("age", "build db web")]
    [InlineData("number", "web build db")]
    [InlineData("name", "build db web")]
    public void Orders_begin_with_the_most_and_equals_stay_by_number(string word, string expected)
        => Assert.Equal(expected, Ids(new TopScreen(ProcessOrder.Find(word)!, "").Choose(Three)));

    [Fact]
    public void Keys_sort_reverse_filter_and_end()
    {
        var screen = new TopScreen(ProcessOrder.All[0], "");
        Assert.True(Press(screen, "m"));
        Assert.Equal("web db build", Ids(screen.Choose(Three)));
        Assert.True(Press(screen, "r"));
        Assert.Equal("build db web", Ids(screen.Choose(Three)));
        Assert.True(Press(screen, "/qB"));
        Assert.Contains("filter: qB", screen.Draw(Three, Now, 200, 20)[1], StringComparison.Ordinal);
        Assert.Empty(screen.Choose(Three));
        Assert.True(screen.Take(new ConsoleKeyInfo('\b', ConsoleKey.Backspace, false, false, false)));
        Assert.True(screen.Take(new ConsoleKeyInfo('\b', ConsoleKey.Backspace, false, false, false)));
        Assert.True(Press(screen, "CI"));
        Assert.True(screen.Take(new ConsoleKeyInfo('\r', ConsoleKey.Enter, false, false, false)));
        Assert.Equal("build", Ids(screen.Choose(Three)));
        Assert.False(Press(screen, "q"));
    }

    [Fact]
    public void A_screen_is_never_larger_than_the_terminal_and_scrolls()
    {
        ProcessInfo[] many = [.. Enumerable.Range(1, 50).Select(i => Info($"task-{i:00}", i, 0, 0, 1))];
        var screen = new TopScreen(ProcessOrder.Find("number")!, "");
        IReadOnlyList<string> lines = screen.Draw(many, Now, 40, 10);
        Assert.Equal(10, lines.Count);
        Assert.All(lines, line => Assert.True(line.Length <= 40));
        Assert.Contains("task-01", lines[3], StringComparison.Ordinal);
        screen.Take(new ConsoleKeyInfo('\0', ConsoleKey.DownArrow, false, false, false));
        Assert.Contains("task-02", screen.Draw(many, Now, 40, 10)[3], StringComparison.Ordinal);
        for (int i = 0; i < 100; i++)
            screen.Take(new ConsoleKeyInfo('\0', ConsoleKey.DownArrow, false, false, false));
        Assert.Contains("task-50", screen.Draw(many, Now, 40, 10)[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_process_calls_itself_cannot_steer_the_terminal()
    {
        ProcessInfo evil = Info("t", 1, 0, 0, 1);
        evil = evil with { Process = evil.Process with { CommandLine = ["\e[2Jboo\nx"] } };
        Assert.All(new TopScreen(ProcessOrder.All[0], "").Draw([evil], Now, 200, 20), line => Assert.DoesNotContain(line, char.IsControl));
    }

    [Fact]
    public async Task On_a_terminal_it_uses_the_second_screen_shows_keys_at_once_and_gives_the_terminal_back()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            await peer.SendAsync($$"""{"type":"processes","processes":[],"id":"{{(await peer.ExpectAsync("processes")).Id}}"}""");
            await peer.UntilGoneAsync();
        });
        var keys = Channel.CreateUnbounded<ConsoleKeyInfo>();
        using var gathered = new MemoryStream();
        var console = new CliConsole
        {
            Out = new LineSink(gathered),
            ErrorLines = new LineSink(Stream.Null),
            Error = TextWriter.Null,
            OutIsTerminal = true,
            ErrorIsTerminal = true,
            Variable = _ => null,
            Keys = () => keys.Reader,
            Size = () => (100, 12),
        };
        keys.Writer.TryWrite(new ConsoleKeyInfo('m', ConsoleKey.M, false, false, false));
        Task<int> running = CommandLine.RunAsync(["top", "--interval", "1h", "--host", server.Endpoint.Text], console);
        keys.Writer.TryWrite(new ConsoleKeyInfo('q', ConsoleKey.Q, false, false, false));

        Assert.Equal(ExitCodes.Ok, await running.WaitAsync(ScriptedServer.Deadline));
        string shown = System.Text.Encoding.UTF8.GetString(gathered.ToArray());
        Assert.StartsWith("\e[?1049h", shown, StringComparison.Ordinal);
        Assert.Contains("0 running", shown, StringComparison.Ordinal);
        Assert.EndsWith("\e[?25h\e[?1049l", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "0B")]
    [InlineData(1023, "1023B")]
    [InlineData(1024, "1.00K")]
    [InlineData(123_456_789, "118M")]
    [InlineData(10_737_418_240, "10.0G")]
    public void Sizes_have_three_digits(long bytes, string text) => Assert.Equal(text, Sizes.Bytes(bytes));

    [Fact]
    public void A_tree_is_drawn_with_branches_and_orphans_at_its_end()
    {
        ProcessMember root = Info("t", 1, 0, 0, 1).Process with { Pid = 10, ParentPid = 1 };
        ProcessInfo tree = Info("t", 1, 0, 0, 1) with
        {
            Process = root,
            Members = [root with { Pid = 11, ParentPid = 10 }, root with { Pid = 12, ParentPid = 11 }, root with { Pid = 13, ParentPid = 10 }, root with { Pid = 14, ParentPid = 1 }],
        };
        Assert.Equal(["10 ", "11 ├─ ", "12 │  └─ ", "13 └─ ", "14 (orphan) "], ProcessBranches.Of(tree).Select(row => $"{row.Process.Pid} {row.Branch}"));
    }

    private static bool Press(TopScreen screen, string text) => text.All(one => screen.Take(new ConsoleKeyInfo(one, default, false, false, false)));

    private static string Ids(IReadOnlyList<ProcessInfo> tasks) => string.Join(' ', tasks.Select(task => task.TaskId));

    private static ProcessInfo Info(string id, long number, double cpu, long memory, int minutes, string? name = null)
    {
        var usage = new ProcessUsage { CpuPercent = cpu, CpuSeconds = 1, ResidentBytes = memory, Threads = 1 };
        var process = new ProcessMember { Pid = (int)number + 100, ParentPid = 1, StartedAt = Now.AddMinutes(-minutes), CommandLine = ["sleep", "1"], Usage = usage };
        return new ProcessInfo { TaskId = id, Number = number, Action = "echo", Name = name, Process = process, TreeSize = 1, Tree = usage };
    }
}
