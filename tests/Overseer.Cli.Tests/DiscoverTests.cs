using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Overseer.Cli.Discovery;
using Overseer.Hosting;

namespace Overseer.Cli.Tests;

/// <summary>Processes that somebody else started, found and added with the built program and a real server.</summary>
public sealed class DiscoverTests : IAsyncLifetime
{
    private readonly string _mark = "mark-" + Guid.NewGuid().ToString("N");
    private readonly List<Process> _processes = [];
    private LiveServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await LiveServer.StartAsync("actions: {}\n");

    public async ValueTask DisposeAsync()
    {
        foreach (Process process in _processes)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task One_process_is_found_by_its_command_and_added()
    {
        int pid = Begin("one");

        string[] table = (await _server.AskAsync("discover", "--command", _mark)).TrimEnd('\n').Split('\n');
        Assert.StartsWith(pid.ToString(), table[1], StringComparison.Ordinal);
        Assert.Equal("1\n", await _server.AskAsync("discover", "--command", _mark, "--name", "sh", "--add", "--tag", "found"));
        Assert.Contains(pid.ToString(), await _server.AskAsync("ps", "--wide"), StringComparison.Ordinal);
        LiveServer.Result again = await _server.RunAsync("discover", "--command", _mark, "--add");
        Assert.Equal((0, ""), (again.Code, again.Out));
        Assert.Contains("sh -c", await _server.AskAsync("tree", "1"), StringComparison.Ordinal);
        Assert.Contains($"pid:          {pid}\n", await _server.AskAsync("show", "1"), StringComparison.Ordinal);

        // The sleep that it waits for, and itself: both are reached, nobody else is.
        await _server.AskAsync("signal", "1", "--signal", "TERM", "--tree");
        await _processes[0].WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(LiveServer.Deadline);
        Assert.Equal(128 + 15, (await _server.RunAsync("wait", "1")).Code);
        Assert.Equal((ExitCodes.Refused, true), await _server.RunAsync("signal", "1", "--signal", "TERM") is var late ? (late.Code, late.Error.EndsWith("task is not running\n", StringComparison.Ordinal)) : default);
    }

    [Fact]
    public async Task Several_are_added_only_when_all_are_meant()
    {
        Begin("one");
        Begin("two");

        LiveServer.Result refused = await _server.RunAsync("discover", "--command", _mark, "--add");
        Assert.Equal(ExitCodes.Usage, refused.Code);
        Assert.StartsWith("overseer: 2 processes are found (", refused.Error, StringComparison.Ordinal);
        Assert.Equal("1\n2\n", await _server.AskAsync("discover", "--command", _mark, "--add", "--all"));
    }

    [Fact]
    public async Task What_is_not_there_and_what_makes_no_sense_is_said()
    {
        Assert.Equal((ExitCodes.NotFound, "overseer: there is no such process, or none that can be seen\n"), await CodeAndErrorAsync("discover", "--command", _mark));
        Assert.Equal((ExitCodes.Usage, "overseer: --add needs a condition: --name, --port, --user or --command\n"), await CodeAndErrorAsync("discover", "--add"));
    }

    [Fact]
    public void A_process_is_found_by_the_port_on_which_it_listens()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Assert.Contains(port, ListeningPorts.ByInode().Values);
        Assert.Contains(Overseer.Recorder.Processes.OpenSockets.InodesOf(Environment.ProcessId), inode => ListeningPorts.ByInode().GetValueOrDefault(inode) == port);
    }

    [Fact]
    public void Answers_name_pids_of_the_list_or_all_of_it()
    {
        FoundProcess[] found = [.. new[] { 12, 34 }.Select(pid => new FoundProcess(pid, "u", TimeSpan.Zero, [], ["x"]))];
        Assert.Equal([12, 34], AddChoice.Read("all", found)!.Select(process => process.Pid));
        Assert.Equal([34], AddChoice.Read(" 34, 34 ", found)!.Select(process => process.Pid));
        Assert.Empty(AddChoice.Read("", found)!);
        Assert.Null(AddChoice.Read("12 99", found));
        Assert.Null(AddChoice.Read("x", found));
    }

    private int Begin(string name)
    {
        Process process = Process.Start(new ProcessStartInfo("sh", ["-c", "while :; do sleep 1000; done", $"{_mark}-{name}"]))!;
        _processes.Add(process);
        return process.Id;
    }

    private async Task<(int, string)> CodeAndErrorAsync(params string[] arguments) => await _server.RunAsync(arguments) is var result ? (result.Code, result.Error) : default;
}
