using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Overseer.Core.Configuration;
using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Hosted;

/// <summary>A driver whose runs are whatever a test makes of them.</summary>
internal sealed class TestDriver : IHostingDriver, IAction
{
    private readonly Channel<(string What, IHostedRun? Run, int Signal)> _asked = Channel.CreateUnbounded<(string, IHostedRun?, int)>();

    public string Type => "test";

    public IReadOnlyDictionary<string, ParameterSpec?> Parameters { get; } = new Dictionary<string, ParameterSpec?> { ["word"] = new() { Default = "" } };

    /// <summary>What the plans of the hosts' runs held.</summary>
    public List<object?> Work { get; } = [];

    /// <summary>The runs that were to be begun again when the latest host was told that nothing else is to go on.</summary>
    public IReadOnlySet<RunId>? Pending { get; private set; }

    /// <summary>Thrown by the hosts when a run is to begin.</summary>
    public Exception? Failure { get; set; }

    public IAction CreateAction(ActionDefinition definition) => this;

    public RunPlan Plan(RunRequest request) => new HostedPlan
    {
        Host = Type,
        Work = request.Parameters.GetValueOrDefault("word"),
        Reference = $"ref-{request.TaskId}",
        Command = "thing",
        Arguments = ["one", "two"],
        Stop = new StopPolicy(PosixSignalName.Sigterm, TimeSpan.FromSeconds(30)),
    };

    public IRunHost CreateHost(ILoggerFactory logs, TimeProvider clock) => new Host(this);

    /// <summary>The next thing that a host is asked for; it must be that.</summary>
    public async Task<IHostedRun> NextAsync(string what)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        var asked = await _asked.Reader.ReadAsync(deadline.Token);
        Assert.Equal(what, asked.What);
        return asked.Run!;
    }

    private sealed class Host(TestDriver driver) : IRunHost
    {
        public string Name => driver.Type;

        public void Begin(IHostedRun run, HostedPlan plan)
        {
            if (driver.Failure is { } failure) throw failure;
            driver.Work.Add(plan.Work);
            driver._asked.Writer.TryWrite(("begin", run, 0));
        }

        public void Resume(IHostedRun run) => driver._asked.Writer.TryWrite(("resume", run, 0));

        public void Recovered(IReadOnlySet<RunId> pending) => driver.Pending = pending;

        public void Signal(RunId run, int signal) => driver._asked.Writer.TryWrite(($"signal {signal}", null, signal));

        public void Settled(RunId run) => driver._asked.Writer.TryWrite(("settled", null, 0));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
