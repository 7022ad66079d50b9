using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Signals;

/// <summary>Signals that clients send to tasks.</summary>
public sealed class SignalTests
{
    // Each waits in a read of a pipe of its own, which a signal interrupts.
    private const string Traps = "mkfifo a b; trap 'echo main' USR1; sh -c 'trap \"echo child\" USR1; exec 3<>a; echo up; while :; do read _ <&3; done' & exec 3<>b; while :; do read _ <&3; done";

    [Fact]
    public async Task A_signal_goes_to_the_process_alone_and_to_the_tree_when_it_is_asked_for()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("t", $"cd {server.PathOf("")}; {Traps}");
        await client.ExpectAsync("output", "t");

        Assert.Equal("accepted", (await client.AskBesideEventsAsync("signal", ("task_id", "t"), ("signal", "USR1"))).Type);
        Assert.Equal("main", (await client.ExpectAsync("output", "t")).Data);
        Assert.Equal("accepted", (await client.AskBesideEventsAsync("signal", ("task_id", "t"), ("signal", "10"), ("tree", true))).Type);
        string?[] both = [(await client.ExpectAsync("output", "t")).Data, (await client.ExpectAsync("output", "t")).Data];
        Assert.Equal<string?>(["child", "main"], both.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_task_that_ends_of_a_signal_has_ended_by_itself_and_is_restarted()
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var started = await client.StartShellAsync("t", "exec sleep 1000", ("retry_policy", new System.Text.Json.Nodes.JsonObject { ["restart_delay"] = "10ms" }));

        await client.AskBesideEventsAsync("signal", ("task_id", "t"), ("signal", "SIGKILL"));

        var exited = await client.ExpectAsync("exited", "t");
        Assert.Equal(("SIGKILL", false), (exited.Signal, exited.Intentional));
        Assert.Equal(started.Pid, (await client.ExpectAsync("started", "t")).Number("restart_of"));
    }

    [Theory]
    [InlineData("t", "SIGWRONG", "signal: \"SIGWRONG\" is no signal; allowed are names such as SIGUSR1 or USR1, and numbers from 1 to 64")]
    [InlineData("t", "65", "signal: \"65\" is no signal; allowed are names such as SIGUSR1 or USR1, and numbers from 1 to 64")]
    [InlineData("nobody", "TERM", "task not found")]
    [InlineData("t", "TERM", "task is not running")]
    public async Task What_cannot_be_sent_says_why(string task, string signal, string message)
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("t", "exit 0");
        await client.ExpectAsync("exited", "t");

        Assert.Equal(message, (await client.AskAsync("signal", ("task_id", task), ("signal", signal))).Message);
    }
}
