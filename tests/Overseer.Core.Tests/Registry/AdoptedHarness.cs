using Overseer.Core.Registry;
using Overseer.Core.Tasks;
using Overseer.Core.Tests.Tasks;
using TaskStatus = Overseer.Core.Tasks.TaskStatus;

namespace Overseer.Core.Tests.Registry;

/// <summary>Short ways to say what happens to adopted processes.</summary>
internal static class AdoptedHarness
{
    /// <summary>The boot of the machine.</summary>
    public static readonly Guid Boot = new(1, 2, 3, new byte[8]);

    public static AdoptedProcess Process(int pid, long startTime = 5) => new(pid, startTime, Boot, pid);

    public static List<Effect> Adopt(this EngineHarness engine, int pid, string? name = null, string[]? tags = null, string[]? groups = null, long startTime = 5, string? commandLine = null) =>
        engine.Apply(new EngineCommand.AdoptProcess(EngineHarness.Client, new AdoptRequest
        {
            Process = Process(pid, startTime),
            CommandLine = commandLine ?? $"sleep {pid}",
            Name = name,
            Tags = tags ?? [],
            Groups = groups ?? [],
            AddedAt = engine.Clock.GetUtcNow(),
            StartedAt = engine.Clock.GetUtcNow().AddHours(-1),
        }));

    public static List<Effect> Died(this EngineHarness engine, long number, int pid, int? code = null, int signal = 0) =>
        engine.Apply(new EngineCommand.AdoptedExited(number, Process(pid), code, signal, engine.Clock.GetUtcNow()));

    public static EngineReply Answer(List<Effect> effects) => Assert.Single(effects.OfType<Effect.Reply>()).Answer;

    public static TaskStatus Task(List<Effect> effects) => Assert.IsType<EngineReply.Adopted>(Answer(effects)).Task;
}
