using System.Diagnostics;

namespace Overseer.Cli.Tests.Goproc;

/// <summary><c>goproc run</c>: what it starts has this command's own streams, outlives it, and is registered.</summary>
public sealed class RunTests : IAsyncLifetime
{
    private readonly GoprocPlace _place = new();

    public async ValueTask InitializeAsync() => await _place.DaemonAsync();

    public ValueTask DisposeAsync() => _place.DisposeAsync();

    [Theory]
    [InlineData("--")]
    [InlineData(null)]
    public async Task The_command_ends_and_the_program_goes_on_in_a_group_of_its_own(string? dashes)
    {
        string[] line = ["run", "--tag", "t", "--name", "sleeper", .. dashes is null ? Array.Empty<string>() : [dashes], "sleep", "300"];
        using Process run = _place.Begin(_place.Program, line);
        string said = await LiveServer.LineOfAsync(run);
        await run.WaitForExitAsync().WaitAsync(LiveServer.Deadline);
        int pid = int.Parse(said.Split('=', ' ')[2]);
        try
        {
            Assert.Equal((0, $"Started pid={pid} registry id=1"), (run.ExitCode, said));
            await _place.PrintsAsync($"[id=1] pid={pid} name=sleeper alive=true cmd=sleep 300 tags=[t] groups=[]\n", "list");
            Assert.Equal($"{pid}", (await File.ReadAllTextAsync($"/proc/{pid}/stat")).Split(") ")[1].Split(' ')[2]);
            await _place.PrintsAsync($"Killed and removed [id=1] pid={pid} name=sleeper\n", "kill", "--id", "1");
        }
        finally
        {
            using Process kill = Process.Start("kill", ["-KILL", $"{pid}"]);
            await kill.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task What_the_program_prints_goes_where_this_command_prints()
    {
        LiveServer.Result result = await _place.RunAsync("run", "--", "sh", "-c", "echo hello; echo oops >&2; cat");

        Assert.Equal((0, "oops\n"), (result.Code, result.Error));
        Assert.Equal(["Started", "hello"], result.Out.TrimEnd('\n').Split('\n').Select(line => line.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public async Task A_program_that_ends_at_once_was_started_all_the_same(string program)
    {
        for (int i = 1; i <= 5; i++)
        {
            LiveServer.Result result = await _place.RunAsync("run", program);

            Assert.Equal((0, ""), (result.Code, result.Error));
            Assert.Matches($"^Started pid=\\d+ registry id={i}\n$", result.Out);
        }

        await _place.ListedAsync(list => list.Count(one => one == '\n') == 5 && list.Split(" alive=false cmd=" + program).Length == 6);
    }

    [Fact]
    public async Task A_program_that_cannot_be_started_is_refused_in_Gos_words()
    {
        await _place.FailsAsync("start command: fork/exec /nonexistent/cmd: no such file or directory", ["run", "--", "/nonexistent/cmd"]);
        await _place.FailsAsync("start command: exec: \"nosuch\": executable file not found in $PATH", ["run", "--", "nosuch"]);
        await _place.FailsAsync("start command: fork/exec /etc/passwd: permission denied", ["run", "--", "/etc/passwd"]);
        await File.WriteAllTextAsync(_place.PathOf("text"), "no program");
        File.SetUnixFileMode(_place.PathOf("text"), (UnixFileMode)0b111_101_101);
        await _place.FailsAsync($"start command: fork/exec {_place.PathOf("text")}: exec format error", ["run", "--", _place.PathOf("text")]);
    }

    [Fact]
    public async Task A_program_that_cannot_be_registered_is_killed()
    {
        await _place.AskAsync("add", $"{_place.Child("sleep", "300").Id}", "--name", "taken");
        string file = _place.PathOf("pid");
        using Process fifo = Process.Start("mkfifo", [file]);
        await fifo.WaitForExitAsync();
        // As long as the program lives, the reader sees no end: neither of a program that has opened its end, nor of one that has not come so far.
        using Process reader = _place.Begin("cat", file);

        await _place.FailsAsync("daemon add RPC failed: rpc error: code = Internal desc = add failed: name \"taken\" is already in use", ["run", "--name", "taken", "--", "sh", "-c", $"exec sleep 1000 > {file}"]);

        using Process opener = _place.Begin("sh", "-c", $"exec 3<>{file}");
        await opener.WaitForExitAsync().WaitAsync(LiveServer.Deadline);
        await reader.WaitForExitAsync().WaitAsync(LiveServer.Deadline);
    }

    [Fact]
    public async Task A_recorded_program_is_a_task_of_the_server_that_keeps_what_it_prints()
    {
        LiveServer.Result without = await _place.RunAsync("run", "--record", "--", "true");
        Assert.Equal((1, ""), (without.Code, without.Out));
        Assert.StartsWith("Error: record: ", without.Error, StringComparison.Ordinal);
        await File.WriteAllTextAsync(_place.PathOf("overseer.yaml"), "listen: 127.0.0.1:0\ncommands: owner\n");
        string overseer = _place.PathOf("bin/overseer");
        using Process server = _place.Begin(overseer, "serve", "--config", _place.PathOf("overseer.yaml"));
        await LiveServer.LineOfAsync(server);

        string said = await _place.AskAsync("run", "--record", "--timeout", "60", "--name", "kept", "--tag", "t", "--", "sh", "-c", "echo out; echo err >&2");
        Assert.Matches("^Started pid=\\d+ registry id=1\n$", said);
        Assert.Equal(new LiveServer.Result(0, "out\n", "err\n"), await LiveServer.ResultOfAsync(_place.Begin(overseer, "logs", "kept", "-f")));
        await _place.FailsAsync("start command: exec: \"nosuch\": executable file not found in $PATH", ["run", "--record", "nosuch"]);

        Assert.Equal(0, (await GoprocPlace.StopAsync(server)).Code);
    }

    [Fact]
    public async Task The_program_gets_what_the_runtime_changed_of_this_command_as_it_was_before()
    {
        LiveServer.Result result = await LiveServer.ResultOfAsync(_place.Begin("sh", "-c", $"ulimit -Sn 512; {_place.Program} run -- sh -c 'ulimit -Sn; grep SigIgn /proc/self/status; ls /proc/self/fd | wc -l'; true"));

        string[] lines = [.. result.Out.TrimEnd('\n').Split('\n').Where(line => !line.StartsWith("Started", StringComparison.Ordinal))];
        Assert.Equal(["512", "SigIgn:\t0000000000000000", "4"], lines);
    }
}
