using System.Globalization;
using System.Text.Json;

namespace Overseer.Cli.Tests.Reporting;

/// <summary><c>overseer report</c> where it is the first process of a container, and where somebody sits at its terminal.</summary>
public sealed class ReportAsEntrypointTests : IAsyncDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("overseer-entry-").FullName;
    private readonly TestHub _hub = new();

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        Directory.Delete(_place, recursive: true);
    }

    [Fact]
    public async Task As_process_1_it_reaps_what_is_left_without_parents()
    {
        // Nothing but the first process can reap these, and the command does not end before they are gone.
        using ReportProcess report = First(
            """
            (sleep 1000 & echo $! > "$1/orphan")
            until grep -qs 'PPid:.1$' /proc/$(cat "$1/orphan")/status; do :; done
            echo "the first is $(tr '\0' '\n' < /proc/1/cmdline | sed -n 2p)"
            for i in $(seq 200); do (true &); done
            while grep -qs 'State:.Z' /proc/[0-9]*/status; do :; done
            kill -9 $(cat "$1/orphan")
            while [ -e /proc/$(cat "$1/orphan") ]; do :; done
            echo clean
            exit 5
            """);

        (int code, string output, string error) = await report.EndAsync();

        Assert.Equal((5, "the first is report\nclean\n", ""), (code, output, error));
        List<JsonElement> messages = await _hub.UntilAsync("complete");
        Assert.Equal(5, messages[^1].GetProperty("data").GetProperty("exitCode").GetInt32());
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task As_process_1_it_passes_on_the_signal_with_which_a_container_is_stopped(string signal)
    {
        using ReportProcess report = First($"trap 'echo got it; exit 9' {signal}; echo ready; while :; do sleep 1000 & wait; done");
        Assert.Equal("ready", await report.Out.ReadLineAsync().WaitAsync(TestHub.Deadline));

        string children = await File.ReadAllTextAsync($"/proc/{report.Id}/task/{report.Id}/children");
        ReportProcess.Signal(int.Parse(children, CultureInfo.InvariantCulture), signal);

        Assert.Equal((9, "got it\n"), await report.EndAsync() is var end ? (end.Code, end.Out) : default);
        List<JsonElement> messages = await _hub.UntilAsync("complete");
        Assert.Equal(9, messages[^1].GetProperty("data").GetProperty("exitCode").GetInt32());
    }

    [Fact]
    public async Task On_a_terminal_the_command_reads_what_is_typed_and_the_shell_does_afterwards()
    {
        using ReportProcess terminal = AtTerminal("[ -t 0 ] && echo ready; read line; echo \"it read $line\"; exit 4", "echo \"code $?\"; read line; echo \"the shell read $line\"");
        await terminal.UntilAsync("ready");
        await terminal.TypeAsync("one\n");
        await terminal.UntilAsync("it read one");
        await terminal.UntilAsync("code 4");
        await terminal.TypeAsync("two\n");
        await terminal.UntilAsync("the shell read two");

        Assert.Equal(0, (await terminal.EndAsync()).Code);
        await _hub.UntilAsync("complete");
    }

    [Fact]
    public async Task Ctrl_C_is_the_commands_once()
    {
        using ReportProcess terminal = AtTerminal("n=0; trap 'n=$((n+1))' INT; echo ready; until read line; do :; done; echo \"interrupted $n times\"; exit 3", "echo \"code $?\"");
        await terminal.UntilAsync("ready");
        await terminal.TypeAsync("\u0003");
        await terminal.UntilAsync("^C");
        await terminal.TypeAsync("go on\n");
        await terminal.UntilAsync("interrupted 1 times");
        await terminal.UntilAsync("code 3");

        Assert.Equal(0, (await terminal.EndAsync()).Code);
        List<JsonElement> messages = await _hub.UntilAsync("complete");
        Assert.Equal(3, messages[^1].GetProperty("data").GetProperty("exitCode").GetInt32());
    }

    /// <summary>A shell script under a reporter that is process 1 of a pid namespace, which ends with it.</summary>
    private ReportProcess First(string script) => ReportProcess.BeginBehind(
        ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"], _hub.Address, Path.Combine(_place, "spool"), "--", "sh", "-c", script, "sh", _place);

    /// <summary>A shell with a terminal of its own, which has a script reported, and then goes on.</summary>
    private ReportProcess AtTerminal(string script, string then)
    {
        string file = Path.Combine(_place, "typed");
        File.WriteAllText(file, $"'{ReportProcess.Program}' report --hub {_hub.Address} --container-id box --spool '{_place}/spool' -- sh '{file}-script'\n{then}\n");
        File.WriteAllText(file + "-script", script + "\n");
        return ReportProcess.BeginProgram("script", "-qec", $"sh '{file}'", "/dev/null");
    }
}
