using Overseer.Core.Registry;
using Overseer.Core.Tasks;
using Overseer.Core.Tests.Tasks;

namespace Overseer.Core.Tests.Registry;

/// <summary>The table of <see cref="AdoptedTask"/>: what each input leads to in each phase.</summary>
public sealed class AdoptedTaskTableTests
{
    private readonly EngineHarness _engine = new(new EngineOptions { BootId = AdoptedHarness.Boot });
    private readonly string _id;

    public AdoptedTaskTableTests() => _id = AdoptedHarness.Task(_engine.Adopt(42)).TaskId;

    private TimerKey Timer => new(new RunId(Guid.Parse(_id)), TimerKind.AdoptedGrace);

    private TaskPhase Phase => _engine.Task(_id).Phase;

    [Fact]
    public void A_stop_sends_SIGTERM_and_after_the_grace_time_SIGKILL()
    {
        var stop = _engine.Stop(_id);
        Assert.Equal(15, Assert.Single(stop.OfType<Effect.SignalProcess>()).Signal);
        Assert.Equal(new Effect.ArmTimer(Timer, TimeSpan.FromSeconds(5)), Assert.Single(stop.OfType<Effect.ArmTimer>()));
        Assert.Equal(TaskPhase.Stopping, Phase);
        Assert.Equal(9, Assert.Single(GraceEnded().OfType<Effect.SignalProcess>()).Signal);
        Assert.Equal(TaskPhase.Killing, Phase);
        Assert.Empty(GraceEnded());
        var exit = Assert.IsType<AdoptedExited>(Assert.Single(_engine.Died(1, 42, signal: 9).OfType<Effect.Publish>()).Event);
        Assert.Equal((-1, "SIGKILL", true), (exit.ExitCode, exit.Signal, exit.Intentional));
        Assert.Equal((TaskPhase.Ended, true, -1, "SIGKILL"), (Phase, _engine.Task(_id).WasStopped, _engine.Task(_id).LastExitCode, _engine.Task(_id).LastSignal));
    }

    [Fact]
    public void A_stop_without_grace_kills_at_once()
    {
        var stop = _engine.Stop(_id, TimeSpan.Zero);
        Assert.Equal([9], stop.OfType<Effect.SignalProcess>().Select(signal => signal.Signal));
        Assert.Empty(stop.OfType<Effect.ArmTimer>());
        Assert.Equal(TaskPhase.Killing, Phase);
    }

    [Fact]
    public void A_second_stop_can_only_shorten_the_grace_time()
    {
        _engine.Stop(_id, TimeSpan.FromSeconds(10));
        Assert.Empty(_engine.Stop(_id));
        Assert.Empty(_engine.Stop(_id, TimeSpan.FromSeconds(20)));
        Assert.Equal(new Effect.ArmTimer(Timer, TimeSpan.FromSeconds(1)), Assert.Single(_engine.Stop(_id, TimeSpan.FromSeconds(1))));
        Assert.Equal([typeof(Effect.CancelTimer), typeof(Effect.StatusChanged), typeof(Effect.SignalProcess)], _engine.Stop(_id, TimeSpan.Zero).Select(effect => effect.GetType()));
        Assert.Equal(TaskPhase.Killing, Phase);
    }

    [Fact]
    public void What_is_left_of_the_group_of_a_stopped_process_gets_SIGKILL_when_the_grace_time_ends()
    {
        _engine.Stop(_id);
        _engine.Died(1, 42, code: 0);
        Assert.Equal(9, Assert.Single(GraceEnded().OfType<Effect.SignalProcess>()).Signal);
        Assert.Empty(GraceEnded());
    }

    [Fact]
    public void Of_one_that_ended_by_itself_nothing_is_swept()
    {
        var exit = Assert.IsType<AdoptedExited>(Assert.Single(_engine.Died(1, 42, code: 7).OfType<Effect.Publish>()).Event);
        Assert.Equal((7, null, false), (exit.ExitCode, exit.Signal, exit.Intentional));
        Assert.Empty(GraceEnded());
        Assert.False(_engine.Task(_id).WasStopped);
    }

    [Fact]
    public void One_that_is_dead_is_not_stopped() =>
        Assert.Equal("task is not running", Refusal(_engine.Died(1, 42), () => _engine.Stop(_id)));

    [Fact]
    public void A_code_that_comes_late_is_learnt_once_and_told_nobody()
    {
        _engine.Died(1, 42);
        Assert.Null(_engine.Task(_id).LastExitCode);
        Assert.Equal([typeof(Effect.StatusChanged)], _engine.Died(1, 42, code: 0).Select(effect => effect.GetType()));
        Assert.Equal(0, _engine.Task(_id).LastExitCode);
        Assert.Empty(_engine.Died(1, 42, code: 3));
        Assert.Empty(_engine.Died(1, 42));
        Assert.Equal(0, _engine.Task(_id).LastExitCode);
    }

    [Fact]
    public void Who_survives_SIGKILL_is_named_to_those_who_asked_and_another_stop_tries_again()
    {
        Assert.Empty(Incomplete(42));
        _engine.Stop(_id, TimeSpan.Zero);
        Assert.Empty(_engine.Stop(_id));
        var told = Incomplete(42, 43).OfType<Effect.Reply>().Select(reply => Assert.IsType<EngineReply.Survived>(reply.Answer)).ToList();
        Assert.Equal(2, told.Count);
        Assert.Equal("the stop could not end every process of the task; still there: 42, 43", told[0].Message);
        Assert.Equal(9, Assert.Single(_engine.Stop(_id).OfType<Effect.SignalProcess>()).Signal);
        Assert.Single(Incomplete(43).OfType<Effect.Reply>());
    }

    [Fact]
    public void Who_survives_of_a_group_is_named_after_the_death_of_its_leader_too()
    {
        _engine.Stop(_id, TimeSpan.Zero);
        _engine.Died(1, 42, signal: 9);
        Assert.Single(Incomplete(43).OfType<Effect.Reply>());
    }

    [Fact]
    public void Forgetting_one_that_is_being_stopped_cancels_the_rest()
    {
        _engine.Stop(_id);
        Assert.Contains(new Effect.CancelTimer(Timer), _engine.Apply(new EngineCommand.RemoveTask(EngineHarness.Client, 1)));
        Assert.Empty(GraceEnded());
    }

    [Fact]
    public void The_next_server_goes_on_with_a_stop()
    {
        _engine.Stop(_id, TimeSpan.FromSeconds(10));
        _engine.Store();
        _engine.Clock.Advance(TimeSpan.FromSeconds(4));
        var effects = _engine.Restart(AdoptedHarness.Boot);
        Assert.Equal(new Effect.ArmTimer(Timer, TimeSpan.FromSeconds(6)), Assert.Single(effects.OfType<Effect.ArmTimer>()));
        Assert.Empty(effects.OfType<Effect.SignalProcess>());
        Assert.Equal(9, Assert.Single(GraceEnded().OfType<Effect.SignalProcess>()).Signal);
        _engine.Store();
        Assert.Equal(9, Assert.Single(_engine.Restart(AdoptedHarness.Boot).OfType<Effect.SignalProcess>()).Signal);
        Assert.Equal(TaskPhase.Killing, Phase);
    }

    private List<Effect> GraceEnded() => _engine.Apply(new EngineCommand.TimerElapsed(Timer));

    private List<Effect> Incomplete(params int[] pids) => _engine.Apply(new EngineCommand.AdoptedKillIncomplete(1, AdoptedHarness.Process(42), pids));

    private static string Refusal(List<Effect> before, Func<List<Effect>> then)
    {
        Assert.NotEmpty(before);
        return EngineHarness.Refusal(then()).Message;
    }
}
