using FsCheck;
using FsCheck.Fluent;
using Overseer.Core.Tasks;
using Overseer.Core.Tests.Tasks;

namespace Overseer.Core.Tests.Retry;

/// <summary>The engine against a model that a reader can check in his head: all exits since the last request, counted anew each time.</summary>
public sealed class RetryModelTests
{
    private static readonly string[] Steps = ["exit", "exit", "exit", "exit", "unplannable", "unstartable", "time", "time", "server", "stop", "reset", "start"];

    [Fact]
    public void Any_history_of_exits_stops_resets_and_new_servers_goes_as_in_the_model()
    {
        var policies =
            from delay in Gen.Elements(0, 50, 3000)
            from jitter in Gen.Elements(0, 500)
            from window in Gen.Elements(0, 5, 60)
            from threshold in Gen.Choose(0, 5)
            from which in Gen.Elements(RestartCondition.Any, RestartCondition.Failure)
            from factor in Gen.Elements(1.0, 2.0)
            select new RetryPolicy
            {
                RestartDelay = TimeSpan.FromMilliseconds(delay),
                RestartJitter = TimeSpan.FromMilliseconds(jitter),
                ErrorWindow = TimeSpan.FromSeconds(window),
                ErrorThreshold = threshold,
                RestartOn = which,
                BackoffFactor = factor,
            };
        var steps = from what in Gen.Elements(Steps) from pick in Gen.Choose(0, 9) select (what, pick);
        var histories = from policy in policies from history in Gen.ListOf(steps, 60) select (policy, history);
        Prop.ForAll(histories.ToArbitrary(), h => new World(h.policy).Play(h.history)).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    private sealed class World
    {
        private readonly EngineHarness _engine;
        private readonly RetryPolicy _policy;
        private readonly List<DateTimeOffset> _exits = [];
        private RunId _run;
        private int _pid = 100;
        private int _restarts;
        private TimerKey? _timer;
        private bool _refuses;

        public World(RetryPolicy policy)
        {
            _policy = policy;
            var action = new FakeAction { Planner = _ => _refuses ? throw new Core.Drivers.PlanException("not now") : FakeAction.Process("x") };
            _engine = new EngineHarness(null, new Core.Drivers.ActionEntry(new Core.Drivers.ActionDefinition { Name = "echo", Type = "exec" }, action)) { Random = 0.5 };
        }

        public void Play(IEnumerable<(string What, int Pick)> history)
        {
            Begin(_engine.Start(Request()));
            foreach (var (what, pick) in history)
            {
                Step(what, pick);
                Check();
            }
        }

        private TaskPhase Phase => _engine.Task("t").Phase;

        private StartRequest Request() => new() { TaskId = "t", Action = "echo", RetryPolicy = _policy };

        private void Step(string what, int pick)
        {
            switch (what)
            {
                case "time": _engine.Clock.Advance(TimeSpan.FromSeconds(pick)); break;
                case "exit" when Phase == TaskPhase.Running: Exit(pick < 3 ? 0 : pick); break;
                case "exit" when Phase == TaskPhase.Waiting: Restart(); break;
                case "unplannable" when Phase == TaskPhase.Waiting: Unplannable(); break;
                case "unstartable" when Phase == TaskPhase.Waiting: Unstartable(); break;
                case "server": Server(); break;
                case "stop": Stop(); break;
                case "reset" when _engine.Task("t").State == TaskState.Errored: Begin(_engine.Apply(new EngineCommand.ResetTask(EngineHarness.Client, "t"))); break;
                case "start" when Phase == TaskPhase.Ended: Begin(_engine.Start(Request())); break;
            }
        }

        private void Begin(List<Effect> effects)
        {
            _exits.Clear();
            Launched(effects);
        }

        private void Launched(List<Effect> effects)
        {
            _run = Assert.Single(effects.OfType<Effect.LaunchRun>()).RunId;
            _engine.Started(_run, ++_pid);
            _engine.Store();
        }

        private void Exit(int code)
        {
            var effects = _engine.Exited(_run, code);
            _engine.Store();
            Expect(_policy.RestartOn == RestartCondition.Failure && code == 0 ? null : _engine.Clock.GetUtcNow(), effects, Assert.Single(effects.OfType<Effect.Publish>()).Then);
        }

        /// <summary>What the protocol says of an exit: count those inside the window; at the threshold give up, else wait and start again.</summary>
        private void Expect(DateTimeOffset? counted, List<Effect> effects, TaskEvent? then)
        {
            if (counted is not { } now)
            {
                Assert.Null(then);
                Assert.Equal((TaskPhase.Ended, TaskState.Stopped), (Phase, _engine.Task("t").State));
                return;
            }

            _exits.Add(now);
            var inside = _policy.ErrorWindow == TimeSpan.Zero ? _exits.Count : _exits.Count(at => now - at < _policy.ErrorWindow);
            if (_policy.ErrorThreshold > 0 && inside >= _policy.ErrorThreshold)
            {
                Assert.Equal(inside, Assert.IsType<TaskErrored>(then).ExitCount);
                Assert.Equal((TaskPhase.Ended, TaskState.Errored), (Phase, _engine.Task("t").State));
                return;
            }

            var restarting = Assert.IsType<TaskRestarting>(then);
            var delay = Math.Min(_policy.RestartDelay!.Value.TotalSeconds * Math.Pow(_policy.BackoffFactor!.Value, inside - 1), 3600) + (_policy.RestartJitter!.Value.TotalSeconds / 2);
            Assert.Equal(inside, restarting.Attempt);
            Assert.Equal(delay, restarting.RestartDelay.TotalSeconds, 0.001);
            var timer = Assert.Single(effects.OfType<Effect.ArmTimer>(), arm => arm.Key.Kind == TimerKind.Restart);
            Assert.InRange(timer.Due.TotalSeconds, delay - 0.001, Math.Max(delay, 0.01) + 0.001);
            _timer = timer.Key;
        }

        private void Restart()
        {
            _engine.Clock.Advance(TimeSpan.FromMilliseconds(20));
            var effects = _engine.Apply(new EngineCommand.TimerElapsed(_timer!.Value));
            var before = _pid;
            Launched(effects);
            _restarts++;
            Assert.Equal(before + 1, _engine.Task("t").CurrentPid);
        }

        private void Unplannable()
        {
            _refuses = true;
            var effects = _engine.Apply(new EngineCommand.TimerElapsed(_timer!.Value));
            _engine.Store();
            _refuses = false;
            Assert.Contains("not now", _engine.Task("t").ErrorMessage, StringComparison.Ordinal);
            Expect(_engine.Clock.GetUtcNow(), effects, Assert.Single(effects.OfType<Effect.Publish>()).Event);
        }

        private void Unstartable()
        {
            var launch = Assert.Single(_engine.Apply(new EngineCommand.TimerElapsed(_timer!.Value)).OfType<Effect.LaunchRun>());
            var effects = _engine.FailedToStart(launch.RunId, "no such file");
            _engine.Store();
            Assert.Equal("no such file", _engine.Task("t").ErrorMessage);
            Expect(_engine.Clock.GetUtcNow(), effects, Assert.Single(effects.OfType<Effect.Publish>()).Event);
        }

        private void Server()
        {
            var before = _engine.Task("t") with { Tags = [], Groups = [], Args = [] };
            var effects = _engine.Restart();
            Assert.Equal(before, _engine.Task("t") with { Tags = [], Groups = [], Args = [] });
            if (Phase == TaskPhase.Waiting) _timer = Assert.Single(effects.OfType<Effect.ArmTimer>()).Key;
            Assert.DoesNotContain(_engine.Ready(Phase == TaskPhase.Running ? [_run] : []), effect => effect is Effect.LaunchRun);
        }

        private void Stop()
        {
            var phase = Phase;
            var effects = _engine.Stop("t");
            if (phase == TaskPhase.Waiting)
            {
                var dequeued = Assert.IsType<TaskDequeued>(Assert.Single(effects.OfType<Effect.Publish>()).Event);
                Assert.Equal(DequeueReason.Stopped, dequeued.Reason);
            }
            else if (phase == TaskPhase.Running)
            {
                Assert.Null(Assert.Single(_engine.Exited(_run, 0, 15).OfType<Effect.Publish>()).Then);
            }

            if (phase != TaskPhase.Ended) Assert.Equal(TaskState.Stopped, _engine.Task("t").State);
            _engine.Store();
        }

        private void Check()
        {
            var task = _engine.Task("t");
            Assert.Equal(_restarts, task.RestartCount);
            Assert.Equal(task.Phase is TaskPhase.Running or TaskPhase.Waiting ? TaskState.Active : task.State, task.State);
            Assert.Equal(task.Phase == TaskPhase.Ended, _engine.Engine.IsIdle || task.Phase == TaskPhase.Ended);
        }
    }
}
