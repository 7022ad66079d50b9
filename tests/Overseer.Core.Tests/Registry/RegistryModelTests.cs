using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Overseer.Core.Registry;
using Overseer.Core.Tasks;
using Overseer.Core.Tests.Tasks;

namespace Overseer.Core.Tests.Registry;

/// <summary>Whatever is done to the registry in whatever order, a list of what was added says the same, and so does the next server.</summary>
public sealed class RegistryModelTests
{
    private static readonly string[] Labels = ["a", "b", "c"];

    private static Gen<(string What, int Pid, int Pick, string Label, string Other)> Step =>
        from what in Gen.Elements("adopt", "adopt", "adopt", "adopt", "own", "die", "die", "remove", "rename-tag", "rename-group", "reset", "server", "boot")
        from pid in Gen.Choose(1, 6)
        from pick in Gen.Choose(0, 1000)
        from label in Gen.Elements(Labels)
        from other in Gen.Elements(Labels)
        select (what, pid, pick, label, other);

    [Fact]
    public void Any_history_leaves_what_a_simple_list_says() =>
        Prop.ForAll(Gen.ListOf(Step, 60).ToArbitrary(), steps => new World().Play(steps)).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private sealed record Entry(long Number, int Pid, long Start, string? Name, bool Own)
    {
        public bool Alive { get; set; } = true;

        public IReadOnlyList<string> Tags { get; set; } = [];

        public IReadOnlyList<string> Groups { get; set; } = [];
    }

    private sealed class World
    {
        private readonly EngineHarness _engine = new(new EngineOptions { BootId = AdoptedHarness.Boot });
        private List<Entry> _model = [];
        private Guid _boot = AdoptedHarness.Boot;
        private int _boots;
        private long _last;
        private long _starts;

        public void Play(IList<(string What, int Pid, int Pick, string Label, string Other)> steps)
        {
            foreach (var step in steps)
            {
                Do(step.What, step.Pid, step.Pick, step.Label, step.Other);
                _engine.Store();
                Check();
            }
        }

        private void Do(string what, int pid, int pick, string label, string other)
        {
            switch (what)
            {
                case "adopt":
                    Adopt(pid, pick % 3 == 0 ? $"n{(pick % 7).ToString(CultureInfo.InvariantCulture)}" : null, [label, other], [other]);
                    break;
                case "own":
                    var id = $"own-{(++_starts).ToString(CultureInfo.InvariantCulture)}";
                    _engine.Start(new StartRequest { Action = "echo", TaskId = id, Tags = [label, other] });
                    _engine.FailedToStart(_engine.Task(id).CurrentRun!.Value);
                    _last++;
                    break;
                case "die" when Pick(pick) is { Alive: true } dying:
                    _engine.Apply(new EngineCommand.AdoptedExited(dying.Number, Process(dying), pick % 2, 0, _engine.Clock.GetUtcNow()));
                    dying.Alive = false;
                    break;
                case "remove" when Pick(pick) is { } removed:
                    Assert.IsType<EngineReply.Removed>(AdoptedHarness.Answer(_engine.Apply(new EngineCommand.RemoveTask(EngineHarness.Client, removed.Number))));
                    _model.Remove(removed);
                    break;
                case "rename-tag":
                    var tagged = label == other ? [] : _model.Where(entry => entry.Tags.Contains(label)).ToList();
                    Assert.Equal(tagged.Count, Renamed(LabelKind.Tag, label, other));
                    tagged.ForEach(entry => entry.Tags = Rename(entry.Tags, label, other));
                    break;
                case "rename-group":
                    var grouped = label == other ? [] : _model.Where(entry => entry.Groups.Contains(label)).ToList();
                    Assert.Equal(grouped.Count, Renamed(LabelKind.Group, label, other));
                    grouped.ForEach(entry => entry.Groups = Rename(entry.Groups, label, other));
                    break;
                case "reset" when pick % 4 == 0:
                    Assert.Equal(_model.Count, Assert.IsType<EngineReply.RegistryReset>(AdoptedHarness.Answer(_engine.Apply(new EngineCommand.ResetRegistry(EngineHarness.Client)))).Count);
                    _model = [];
                    _last = 0;
                    break;
                case "server":
                    _engine.Restart(_boot);
                    break;
                case "boot" when pick % 4 == 0:
                    _boot = new Guid(++_boots, 1, 1, new byte[8]);
                    _engine.Restart(_boot);
                    _model.ForEach(entry => entry.Alive = false);
                    break;
            }
        }

        private void Adopt(int pid, string? name, string[] tags, string[] groups)
        {
            var known = _model.Find(entry => entry.Pid == pid && entry.Alive);
            var start = known?.Start ?? ++_starts;
            var taken = name is not null && _model.Exists(entry => entry.Name == name);
            var answer = AdoptedHarness.Answer(_engine.Apply(new EngineCommand.AdoptProcess(EngineHarness.Client, new AdoptRequest
            {
                Process = new AdoptedProcess(pid, start, _boot, pid),
                CommandLine = "x",
                Name = name,
                Tags = tags,
                Groups = groups,
                AddedAt = _engine.Clock.GetUtcNow(),
            })));
            if (known is not null)
            {
                Assert.Equal(known.Number, Assert.IsType<EngineReply.AlreadyKnown>(answer).Task.Number);
            }
            else if (taken)
            {
                Assert.Equal($"name \"{name}\" is already in use", Assert.IsType<EngineReply.Failed>(answer).Message);
            }
            else
            {
                Assert.Equal(++_last, Assert.IsType<EngineReply.Adopted>(answer).Task.Number);
                _model.Add(new Entry(_last, pid, start, name, Own: false) { Tags = [.. tags.Distinct()], Groups = groups });
            }
        }

        private void Check()
        {
            var tasks = _engine.Engine.Tasks;
            Assert.Equal(_model.Select(entry => (entry.Number, entry.Pid, entry.Name, entry.Alive)), tasks.Select(task => (task.Number, task.CurrentPid!.Value, task.Name, task.WorkerState == WorkerState.Running)));
            Assert.All(_model.Zip(tasks), pair => Assert.Equal((string.Join(',', pair.First.Tags), string.Join(',', pair.First.Groups)), (string.Join(',', pair.Second.Tags), string.Join(',', pair.Second.Groups))));
            foreach (var label in Labels)
            {
                Assert.Equal(_model.Where(entry => entry.Tags.Contains(label)).Select(entry => entry.Number), _engine.Engine.Registry.With(LabelKind.Tag, label).Select(task => task.Number));
                Assert.Equal(_model.Where(entry => entry.Groups.Contains(label)).Select(entry => entry.Number), _engine.Engine.Registry.With(LabelKind.Group, label).Select(task => task.Number));
            }

            foreach (var entry in _model)
            {
                Assert.Equal(entry.Number, _engine.Engine.Registry.Find(entry.Number)?.Number);
                if (entry.Name is { } name) Assert.Equal(entry.Number, _engine.Engine.Registry.FindByName(name)?.Number);
                if (entry.Alive) Assert.Equal(entry.Number, _engine.Engine.FindByPid(entry.Pid)?.Number);
                Assert.Contains(entry.Number, _engine.Engine.Registry.AllByPid(entry.Pid).Select(task => task.Number));
            }
        }

        private Entry? Pick(int pick) => _model.Count == 0 ? null : _model[pick % _model.Count];

        private AdoptedProcess Process(Entry entry) => ((AdoptedTask)_engine.Engine.Registry.Find(entry.Number)!).Process;

        private int Renamed(LabelKind kind, string from, string to) =>
            Assert.IsType<EngineReply.Renamed>(AdoptedHarness.Answer(_engine.Apply(new EngineCommand.RenameLabel(EngineHarness.Client, kind, from, to)))).Count;

        private static IReadOnlyList<string> Rename(IReadOnlyList<string> labels, string from, string to) =>
            [.. labels.Select(label => label == from ? to : label).Distinct().Order(StringComparer.Ordinal)];
    }
}
