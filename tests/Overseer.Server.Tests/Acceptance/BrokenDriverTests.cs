using Overseer.Core.Drivers;
using Overseer.Hosting;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Acceptance;

/// <summary>A driver is somebody else's code. One that throws where nobody expects it costs its own start, and nothing else.</summary>
public sealed class BrokenDriverTests
{
    [Fact]
    public async Task A_fault_inside_the_engine_is_told_and_the_server_goes_on()
    {
        await using var server = await RunningServer.StartAsync(_ => RunningServer.Shell + "  broken: {type: broken}\n", [.. ServeCommand.BuiltInDrivers, new BrokenDriver()]);
        await using var client = await server.ConnectAsync();

        Assert.Equal("internal error; the server's log has it", (await client.AskAsync("start", ("action", "broken"))).Message);

        Assert.Equal("started", (await client.StartShellAsync("t", "echo still here")).Type);
        Assert.Equal("still here", (await client.ExpectAsync("output", "t")).Data);
        using var http = new HttpClient();
        var health = await http.GetAsync(new Uri($"http://127.0.0.1:{server.Port}/healthz"));
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, health.StatusCode);
        Assert.Contains("the engine failed on StartTask: no parameters today", await health.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private sealed class BrokenDriver : IDriver
    {
        public string Type => "broken";

        public IAction CreateAction(ActionDefinition definition) => new BrokenAction();
    }

    private sealed class BrokenAction : IAction
    {
        public IReadOnlyDictionary<string, ParameterSpec?> Parameters => throw new InvalidOperationException("no parameters today");

        public RunPlan Plan(RunRequest request) => throw new PlanException("never");
    }
}
