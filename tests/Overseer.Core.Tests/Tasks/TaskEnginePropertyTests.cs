using FsCheck;
using FsCheck.Fluent;
using Overseer.Core.Tasks;
using TaskStatus = Overseer.Core.Tasks.TaskStatus;

namespace Overseer.Core.Tests.Tasks;

/// <summary>Whatever is asked and reported, in whatever order, some things always hold.</summary>
public sealed class TaskEnginePropertyTests
{
    private const int Tasks = 4;

    private static readonly string[] Steps = ["start", "start", "started", "started", "failed", "exited", "exited", "stop", "stop-now", "stop-soon", "grace", "gone", "incomplete", "time", "restart"];

    [Fact]
    public void Random_histories_keep_the_invariants()
    {
        var step = from what in Gen.Elements(Steps) from task in Gen.Choose(0, Tasks) from pick in Gen.Choose(0, 9) select (what, task, pick);
        var histories = Gen.ListOf(step, 100).ToArbitrary();
        Prop.ForAll(histories, history => new World(maxTasks: 3).Play(history)).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Fact]
    public void A_history_that_ends_with_the_server_leaves_nothing()
    {
        var step = from what in Gen.Elements(Steps) from task in Gen.Choose(0, Tasks) from pick in Gen.Choose(0, 9) select (what, task, pick);
        Prop.ForAll(Gen.ListOf(step, 60).ToArbitrary(), history => new World(maxTasks: 5).PlayToTheEnd(history)).Check(Config.QuickThrowOnFailure.WithMaxTest(100));
    }

    /// <summary>The engine's surroundings: carries out effects as the server would, and checks each.</summary>
    private sealed class World(int maxTasks)
    {
        private readonly EngineHarness _engine = new(new EngineOptions { MaxTasks = maxTasks });
        private readonly List<RunId> _runs = [];
        private readonly Dictionary<RunId, (string Task, int Pid, bool Over)> _processes = [];
        private readonly HashSet<RunId> _launching = [];
        private readonly Dictionary<string, RunId> _live = [];
        private readonly Dictionary<string, int> _replies = [];
        private readonly HashSet<TimerKey> _timers = [];
        private readonly HashSet<RunId> _ended = [];
        private int _requests;
        private int _pids;
        private bool _orphaned;

        public void Play(IEnumerable<(string What, int Task, int Pick)> history)
        {
            foreach (var (what, task, pick) in history)
            {
                Step(what, $"t{task}", pick);
                CheckTables();
            }
        }

        public void PlayToTheEnd(IEnumerable<(string What, int Task, int Pick)> history)
        {
            Play(history);
            Do(new EngineCommand.StopAll(TimeSpan.FromSeconds(1)));
            foreach (var run in _launching.ToList()) Started(run);
            foreach (var (run, process) in _processes.ToList())
            {
                if (!process.Over) Exited(run);
            }

            foreach (var timer in _timers.ToList()) Elapse(timer);
            Assert.True(_engine.Engine.IsIdle);
            Assert.Empty(_live);
            Assert.Empty(_timers);
            Assert.All(_replies, r => Assert.True(r.Value == 1 || _orphaned || r.Key.StartsWith("stop", StringComparison.Ordinal), $"{r.Key} was answered {r.Value} times"));
        }

        private void Step(string what, string task, int pick)
        {
            var run = _runs.Count == 0 ? new RunId(Guid.NewGuid()) : _runs[^(1 + (pick % _runs.Count))];
            switch (what)
            {
                case "start": Do(new EngineCommand.StartTask(Origin("start"), new StartRequest { TaskId = task, Action = "echo", Name = pick == 0 ? "n" : null })); break;
                case "started": Started(run); break;
                case "failed": Failed(run); break;
                case "exited": Exited(run); break;
                case "stop": Do(new EngineCommand.StopTask(Origin("stop"), task)); break;
                case "stop-now": Do(new EngineCommand.StopTask(Origin("stop"), task, null, TimeSpan.Zero)); break;
                case "stop-soon": Do(new EngineCommand.StopTask(Origin("stop"), null, pick + 1, TimeSpan.FromSeconds(1))); break;
                case "grace": Elapse(new TimerKey(run, TimerKind.Grace)); break;
                case "gone": Do(new EngineCommand.TreeGone(run)); break;
                case "incomplete": Do(new EngineCommand.KillIncomplete(task, run, [pick + 1])); break;
                case "restart": Restart(pick); break;
                case "time": _engine.Clock.Advance(TimeSpan.FromSeconds(pick)); break;
            }
        }

        /// <summary>Another server takes over, and the recorder knows what runs, but perhaps not what was about to be started.</summary>
        private void Restart(int pick)
        {
            var before = _engine.Engine.Tasks.Select(Show).ToList();
            _timers.Clear();
            _orphaned |= _launching.Count > 0;
            foreach (var effect in _engine.Restart()) Check(effect);
            Assert.Equal(before, _engine.Engine.Tasks.Select(Show));
            var unknown = _launching.Where(_ => pick < 5).ToList();
            RunId[] known = [.. _processes.Where(p => !p.Value.Over).Select(p => p.Key), .. _launching.Except(unknown)];
            var effects = Do(new EngineCommand.RecorderReady(known.ToHashSet()));
            Assert.Equal(unknown.ToHashSet(), effects.OfType<Effect.RecoverRun>().Select(r => r.Run.RunId).ToHashSet());
            foreach (var run in unknown)
            {
                _launching.Remove(run);
                _runs.Remove(run);
                _live.Remove(_live.Single(l => l.Value == run).Key);
                Do(new EngineCommand.RunNotStarted(run));
            }
        }

        private static string Show(TaskStatus task) =>
            $"{task with { Tags = [], Groups = [], Args = null, Params = null }} {string.Join(',', task.Tags)} {string.Join(',', task.Args ?? [])} {string.Join(',', task.Params ?? new Dictionary<string, string>())}";

        private RequestOrigin Origin(string kind)
        {
            var id = $"{kind}-{++_requests}";
            _replies[id] = 0;
            return new RequestOrigin(1, id);
        }

        private void Started(RunId run)
        {
            // A report may come twice or late (a recorder that was connected to again): then it must mean nothing.
            if (!_launching.Remove(run))
            {
                Assert.DoesNotContain(Do(new EngineCommand.RunStarted(run, 1, 1, _engine.Clock.GetUtcNow())), e => e is not Effect.EndStray);
                return;
            }

            var pid = ++_pids;
            _processes[run] = (_live.Single(l => l.Value == run).Key, pid, false);
            Do(new EngineCommand.RunStarted(run, pid, pid * 7L, _engine.Clock.GetUtcNow()));
        }

        private void Failed(RunId run)
        {
            var expected = _launching.Remove(run);
            var task = expected ? _live.Single(l => l.Value == run).Key : null;
            if (task is not null) _live.Remove(task);
            var effects = Do(new EngineCommand.RunFailedToStart(run, "no", _engine.Clock.GetUtcNow()));
            Assert.Equal(expected, effects.Count > 0);
            Assert.Equal(expected, effects.Contains(new Effect.RunReported(run, Over: true, task)));
        }

        private void Exited(RunId run)
        {
            if (!_processes.TryGetValue(run, out var process) || process.Over)
            {
                if (!_launching.Contains(run)) Assert.Equal([new Effect.RunReported(run, Over: true)], Do(new EngineCommand.RunExited(run, 0, 0, _engine.Clock.GetUtcNow())));
                return;
            }

            _processes[run] = process with { Over = true };
            _live.Remove(process.Task);
            Do(new EngineCommand.RunExited(run, 0, 0, _engine.Clock.GetUtcNow()));
            Assert.Contains(run, _ended);
        }

        private void Elapse(TimerKey timer)
        {
            _timers.Remove(timer);
            Do(new EngineCommand.TimerElapsed(timer));
        }

        private List<Effect> Do(EngineCommand command)
        {
            var effects = _engine.Apply(command);
            _engine.Store();
            foreach (var effect in effects) Check(effect);
            return effects;
        }

        private void Check(Effect effect)
        {
            switch (effect)
            {
                case Effect.LaunchRun launch:
                    Assert.True(_live.TryAdd(launch.TaskId, launch.RunId), "one live run per task");
                    Assert.DoesNotContain(launch.RunId, _runs);
                    _runs.Add(launch.RunId);
                    _launching.Add(launch.RunId);
                    break;
                case Effect.Reply reply:
                    if (reply.Origin.Connection != 0) Assert.True(++_replies[reply.Origin.RequestId] == 1, "one reply per request");
                    break;
                case Effect.SignalRun signal:
                    Assert.True(_processes.TryGetValue(signal.RunId, out var process), "only a process that was reported gets a signal");
                    Assert.Equal((process.Task, process.Pid, process.Pid * 7L), (signal.TaskId, signal.Pid, signal.ProcessStartTime));
                    Assert.True(!process.Over || signal.Signal == 9, "an ended run is only swept");
                    break;
                case Effect.ArmTimer arm:
                    Assert.True(arm.Due >= TimeSpan.Zero);
                    _timers.Add(arm.Key);
                    break;
                case Effect.CancelTimer cancel:
                    Assert.True(_timers.Remove(cancel.Key), "only an armed timer is cancelled");
                    break;
                case Effect.Publish { Event: TaskExited exited }:
                    Assert.True(_ended.Add(exited.RunId), "one end per run");
                    break;
            }
        }

        private void CheckTables()
        {
            var tasks = _engine.Engine.Tasks;
            Assert.InRange(tasks.Count, 0, maxTasks);
            Assert.Equal(tasks.OrderBy(t => t.Number), tasks);
            Assert.Equal(tasks.Count, tasks.Select(t => t.TaskId).Distinct().Count());
            var names = tasks.Select(t => t.Name).OfType<string>().ToList();
            Assert.Equal(names.Count, names.Distinct().Count());
            Assert.Equal(_live.Keys.Order(), tasks.Where(t => t.State == TaskState.Active).Select(t => t.TaskId).Order());
            foreach (var task in tasks)
            {
                Assert.Same(task, _engine.Engine.Find(task.TaskId));
                Assert.Equal(task.State == TaskState.Active, task.CurrentRun is not null);
                Assert.Equal(task.Phase == TaskPhase.Ended, task.State == TaskState.Stopped);
                if (task.CurrentRun is { } run) Assert.Same(task, _engine.Engine.FindByRun(run));
                if (task.CurrentPid is { } pid) Assert.Same(task, _engine.Engine.FindByPid(pid));
            }
        }
    }
}
