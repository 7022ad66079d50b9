using Overseer.Core.Drivers;
using Overseer.Core.Registry;
using Overseer.Core.Tasks;
using Overseer.Core.Tests.Tasks;

namespace Overseer.Core.Tests.Registry;

public sealed class LabelRenameTests
{
    private readonly EngineHarness _engine = new(
        new EngineOptions { BootId = AdoptedHarness.Boot },
        new ActionEntry(new ActionDefinition { Name = "echo", Type = "exec" }, new FakeAction()),
        new ActionEntry(new ActionDefinition { Name = "tagged", Type = "exec", Tags = ["db"], Groups = ["prod"] }, new FakeAction()));

    [Fact]
    public void A_tag_is_renamed_wherever_it_is_sorted_and_once()
    {
        _engine.Adopt(41, tags: ["z", "db", "a"], groups: ["db"]);
        _engine.Adopt(42, tags: ["read", "database", "db"]);
        _engine.Adopt(43, tags: ["other"]);
        _engine.Start(new StartRequest { Action = "echo", TaskId = "own", Tags = ["db", "Z"] });

        Assert.Equal(3, Rename("db", "database"));

        Assert.Equal(["a", "database", "z"], Tags(1));
        Assert.Equal(["database", "read"], Tags(2));
        Assert.Equal(["other"], Tags(3));
        Assert.Equal(["Z", "database"], Tags(4));
        Assert.Equal(["db"], _engine.Engine.FindByPid(41)!.Groups);
        Assert.Equal([1, 2, 4], _engine.Engine.List(new TaskFilter { Tag = "database" }).Select(task => task.Number));
        Assert.Empty(_engine.Engine.List(new TaskFilter { Tag = "db" }));
    }

    [Fact]
    public void It_is_stored_in_one_step()
    {
        _engine.Adopt(41, groups: ["g"]);
        _engine.Start(new StartRequest { Action = "echo", TaskId = "own", Groups = ["g"] });
        _engine.Store();
        Rename("g", "h", LabelKind.Group);
        var changes = _engine.Engine.TakeChanges();
        Assert.Equal(["h"], Assert.Single(changes.Adopted).Groups);
        Assert.Equal(["h"], Assert.Single(changes.Tasks).Groups!);
    }

    [Fact]
    public void What_an_action_gives_stays_as_the_configuration_says()
    {
        _engine.Start(new StartRequest { Action = "tagged", TaskId = "own", Tags = ["x"] });
        Assert.Equal(0, Rename("db", "database"));
        Assert.Equal(1, Rename("x", "db"));
        Assert.Equal(["db"], Tags(1));
        Assert.Equal(0, Rename("prod", "production", LabelKind.Group));
    }

    [Fact]
    public void A_start_that_fails_goes_back_to_the_new_name()
    {
        _engine.Start(new StartRequest { Action = "echo", TaskId = "own", Tags = ["old"] });
        _engine.Exited(Run(_engine.Started(_engine.Task("own").CurrentRun!.Value)));
        _engine.Start(new StartRequest { Action = "echo", TaskId = "own", Tags = ["old", "new"] });
        Assert.Equal(1, Rename("old", "older"));
        _engine.FailedToStart(_engine.Task("own").CurrentRun!.Value);
        Assert.Equal(["older"], Tags(1));
        Assert.Equal([1], _engine.Engine.List(new TaskFilter { Tag = "older" }).Select(task => task.Number));
        _engine.Store();
        _engine.Restart();
        Assert.Equal(["older"], Tags(1));

        RunId Run(List<Effect> _) => _engine.Task("own").CurrentRun!.Value;
    }

    [Theory]
    [InlineData("", "b", "from and to must be provided")]
    [InlineData("a", " ", "from and to must be provided")]
    [InlineData("a", "b\n\u0001", "to: control characters are not allowed (position 2)")]
    public void Names_that_are_none_are_refused(string from, string to, string message) =>
        Assert.Equal(message, EngineHarness.Refusal(_engine.Apply(new EngineCommand.RenameLabel(EngineHarness.Client, LabelKind.Tag, from, to))).Message);

    [Fact]
    public void To_itself_or_of_nobody_it_changes_nothing()
    {
        _engine.Adopt(41, tags: ["z", "a"]);
        Assert.Equal(0, Rename("a", " a "));
        Assert.Equal(0, Rename("nosuch", "a"));
        Assert.Equal(["z", "a"], Tags(1));
    }

    [Fact]
    public void Sorting_is_by_bytes_of_UTF_8()
    {
        _engine.Adopt(41, tags: ["\uffe0", "😀", "é", "Z", "a", "x"]);
        Rename("x", "b");
        Assert.Equal(["Z", "a", "b", "é", "\uffe0", "😀"], Tags(1));
    }

    private int Rename(string from, string to, LabelKind kind = LabelKind.Tag) =>
        Assert.IsType<EngineReply.Renamed>(AdoptedHarness.Answer(_engine.Apply(new EngineCommand.RenameLabel(EngineHarness.Client, kind, from, to)))).Count;

    private IReadOnlyList<string> Tags(long number) => _engine.Engine.Registry.Find(number)!.Status.Tags;
}
