using Overseer.Configuration;
using Overseer.Core.Configuration;
using Overseer.Core.Drivers;

namespace Overseer.Server.Tests.Configuration;

public sealed class ConfigurationCheckTests : ConfigurationFixture
{
    private CheckedConfiguration Check(string yaml) => ConfigurationCheck.Run(Sources(yaml), [new PickyDriver()]);

    [Fact]
    public void A_good_configuration_gives_actions_that_can_be_started()
    {
        var result = Check("actions: {b: {type: picky, config: {size: 3}}, a: {type: picky}}");
        Assert.Empty(result.Errors);
        Assert.Equal(["a", "b"], result.Actions.Entries.Select(entry => entry.Definition.Name));
        Assert.NotNull(result.Configuration);
    }

    [Fact]
    public void Errors_of_the_file_and_of_all_drivers_come_together()
    {
        var result = Check("""
            nmae: x
            actions:
              a: {type: piky}
              b: {type: picky, config: {size: x, wrong: y}}
              c: {type: picky, config: {crash: true}}
              d: {type: picky, config: {size: 3}}
            """);
        Assert.Null(result.Configuration);
        Assert.Empty(result.Actions.Entries);
        Assert.Equal(
        [
            "c.yaml:1: nmae: unknown key; did you mean name?",
            "c.yaml:3: actions.a.type: unknown driver type \"piky\"; did you mean picky?",
            "c.yaml:4: actions.b.config.size: \"x\" is not a whole number of 1 or more",
            "c.yaml:4: actions.b.config.wrong: unknown key; known here are crash, size",
            "c.yaml:5: actions.c.type: the driver picky failed on this action: InvalidOperationException: boom",
        ], Short(result.Errors));
    }

    [Fact]
    public void An_error_without_a_place_gets_that_of_its_action() => Assert.Equal(
        ["c.yaml:3: config is required"],
        Short(Check("actions:\n  a:\n    type: picky\n    tags: [placeless]\n").Errors));

    [Fact]
    public void A_drivers_warnings_are_among_the_others() => Assert.Equal(
        ["c.yaml:1: actions.a.config.size: known, but without effect in this version: big is small"],
        Short(Check("actions: {a: {type: picky, config: {size: 1000}}}").Warnings));

    private sealed class PickyDriver : IDriver
    {
        public string Type => "picky";

        public IAction CreateAction(ActionDefinition definition)
        {
            if (definition.Tags.Contains("placeless")) throw new ConfigurationException(null, "config is required");
            var section = new ConfigSection(definition.Config, definition.Warnings);
            if (section.Integer("size", 1) > 100) section.NotYet("size", "big is small");
            if (section.Flag("crash") == true) throw new InvalidOperationException("boom");
            section.End();
            return new Nothing();
        }
    }

    private sealed class Nothing : IAction
    {
        public IReadOnlyDictionary<string, ParameterSpec?> Parameters { get; } = new Dictionary<string, ParameterSpec?>();

        public RunPlan Plan(RunRequest request) => throw new PlanException("nothing");
    }
}
