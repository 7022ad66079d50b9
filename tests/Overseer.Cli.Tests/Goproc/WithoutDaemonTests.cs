using System.Diagnostics;
using System.Net.Sockets;

namespace Overseer.Cli.Tests.Goproc;

/// <summary>The lines of goproc's command line that need no daemon, to the letter, from the real program.</summary>
public sealed class WithoutDaemonTests
{
    private const string NotRunning = "daemon is not running";

    public static TheoryData<string, string> Failures => new()
    {
        { "ping", NotRunning },
        { "list", NotRunning },
        { "add 1", NotRunning },
        { "rm --all", NotRunning },
        { "kill --all", NotRunning },
        { "tag x", NotRunning },
        { "group x", NotRunning },
        { "run true", NotRunning },
        { "reset --confirm RESET", NotRunning },
        { "ping --config none.json", NotRunning },
        { "--config none.json ping", NotRunning },
        { "ping -t 0", "timeout must be greater than 0" },
        { "rm --all --timeout=-1", "timeout must be greater than 0" },
        { "kill --all --timeout 0", "timeout must be greater than 0" },
        { "tag x --timeout 0", "timeout must be greater than 0" },
        { "group x --timeout 0", "timeout must be greater than 0" },
        { "reset --confirm RESET --timeout 0", "timeout must be greater than 0" },
        { "run --timeout 0 true", "timeout must be greater than 0" },
        { "ping -t abc", "invalid argument \"abc\" for \"-t, --timeout\" flag: strconv.ParseInt: parsing \"abc\": invalid syntax" },
        { "ping -tabc", "invalid argument \"abc\" for \"-t, --timeout\" flag: strconv.ParseInt: parsing \"abc\": invalid syntax" },
        { "ping --timeout=abc", "invalid argument \"abc\" for \"-t, --timeout\" flag: strconv.ParseInt: parsing \"abc\": invalid syntax" },
        { "ping -t", "flag needs an argument: 't' in -t" },
        { "ping --timeout", "flag needs an argument: --timeout" },
        { "add abc", "invalid pid \"abc\"" },
        { "add 99999999999999999999", "invalid pid \"99999999999999999999\"" },
        { "add 4294967297", "invalid pid \"4294967297\"" },
        { "add 0", "invalid pid 0" },
        { "add -- -1", "invalid pid -1" },
        { "add -1", "unknown shorthand flag: '1' in -1" },
        { "add", "accepts 1 arg(s), received 0" },
        { "add 1 2", "accepts 1 arg(s), received 2" },
        { "add 1 --timeout 3", "unknown flag: --timeout" },
        { "tag", "accepts 1 arg(s), received 0" },
        { "group a b", "accepts 1 arg(s), received 2" },
        { "run", "requires at least 1 arg(s), only received 0" },
        { "list --pid 0", "invalid pid filter: 0" },
        { "list --id=-1", "invalid id filter: -1" },
        { "list --pid abc", "invalid argument \"abc\" for \"--pid\" flag: strconv.Atoi: parsing \"abc\": invalid syntax" },
        { "list --name a,,b", "name filters must not be empty" },
        { "list --bogus", "unknown flag: --bogus" },
        { "list --alive=maybe", "invalid argument \"maybe\" for \"--alive\" flag: strconv.ParseBool: parsing \"maybe\": invalid syntax" },
        { "list --tag a\"b", "invalid argument \"a\\\"b\" for \"--tag\" flag: parse error on line 1, column 2: bare \" in non-quoted field" },
        { "list --timeout 3", "unknown flag: --timeout" },
        { "kill --search x", "unknown flag: --search" },
        { "kill --tag-all x", "unknown flag: --tag-all" },
        { "rm --alive", "unknown flag: --alive" },
        { "rm", "provide at least one selector (--id/--pid/--tag/--group/--name/--search)" },
        { "rm -f", "unknown shorthand flag: 'f' in -f" },
        { "reset", "destructive command: confirmation required" },
        { "reset --confirm reset", "destructive command: confirmation required" },
        { "daemon --config none.json", "load config none.json: open none.json: no such file or directory" },
        { "--version", "unknown flag: --version" },
        { "list ---x", "bad flag syntax: ---x" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_command_that_fails_says_so_as_goproc_does(string line, string message)
    {
        await using var place = new GoprocPlace();

        await place.FailsAsync(message, line.Split(' '));

        Assert.False(Directory.Exists(place.Runtime));
    }

    [Fact]
    public async Task A_blank_value_is_told_from_an_empty_one()
    {
        await using var place = new GoprocPlace();

        await place.FailsAsync("name filters must not be empty", ["list", "--name", " "]);
        await place.FailsAsync(NotRunning, ["list", "--name", ""]);
        await place.FailsAsync("tag must not be empty", ["tag", ""]);
        await place.FailsAsync("group must not be empty", ["group", "  "]);
        await place.FailsAsync("provide at least one selector (--id/--pid/--tag/--group/--name/--search)", ["rm", "--tag", " ", "--search", " "]);
    }

    [Theory]
    [InlineData("nope", "unknown command \"nope\" for \"goproc\"\n")]
    [InlineData("lst", "unknown command \"lst\" for \"goproc\"\n\nDid you mean this?\n\tlist\n\n")]
    [InlineData("r", "unknown command \"r\" for \"goproc\"\n\nDid you mean this?\n\treset\n\trm\n\trun\n\n")]
    [InlineData("LIST", "unknown command \"LIST\" for \"goproc\"\n\nDid you mean this?\n\tlist\n\n")]
    public async Task An_unknown_command_is_likened_to_known_ones(string name, string error)
    {
        await using var place = new GoprocPlace();

        LiveServer.Result result = await place.RunAsync(name);

        Assert.Equal((1, ""), (result.Code, result.Out));
        Assert.StartsWith($"Error: {error}Run 'goproc --help' for usage.\n", result.Error, StringComparison.Ordinal);
        string rest = result.Error[$"Error: {error}Run 'goproc --help' for usage.\n".Length..];
        Assert.Equal(error.TrimEnd('\n') + "\n", rest[20..]);
    }

    [Fact]
    public async Task Help_is_data()
    {
        await using var place = new GoprocPlace();

        string help = await place.AskAsync();

        Assert.Equal(help, await place.AskAsync("--help"));
        Assert.Equal(help, await place.AskAsync("help"));
        Assert.All(["add", "daemon", "group", "kill", "list", "ping", "reset", "rm", "run", "tag"], name => Assert.Contains($"\n  {name} ", help, StringComparison.Ordinal));
        Assert.Contains("-t, --timeout int", await place.AskAsync("ping", "--help"), StringComparison.Ordinal);
        Assert.Equal(await place.AskAsync("ping", "--help"), await place.AskAsync("help", "ping"));
        Assert.Equal(await place.AskAsync("ping", "--help"), await place.AskAsync("-h", "ping"));
    }

    [Fact]
    public async Task A_socket_without_a_daemon_is_no_daemon()
    {
        await using var place = new GoprocPlace();
        Directory.CreateDirectory(place.Runtime);
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Bind(new UnixDomainSocketEndPoint(place.Socket));
            File.Move(place.Socket, place.Socket + "2"); // or it would be deleted with the socket
        }
        File.Move(place.Socket + "2", place.Socket);

        await place.FailsAsync(NotRunning, ["ping"]);
    }

    [Fact]
    public async Task A_daemon_that_does_not_answer_is_no_daemon()
    {
        await using var place = new GoprocPlace();
        Directory.CreateDirectory(place.Runtime);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(place.Socket));
        socket.Listen();
        place.Environment["GOPROC_PING_TIMEOUT"] = "";
        long begin = Stopwatch.GetTimestamp();

        await place.FailsAsync(NotRunning, ["ping", "-t", "1000"]);

        Assert.True(Stopwatch.GetElapsedTime(begin) >= TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public async Task The_commands_are_there_under_the_name_overseer_as_well()
    {
        await using var place = new GoprocPlace();

        LiveServer.Result result = await LiveServer.ResultOfAsync(place.Begin(place.PathOf("bin/overseer"), "add", "1"));

        Assert.Equal(new LiveServer.Result(1, "", "Error: daemon is not running\n"), result);
    }
}
