using Overseer.Core.Configuration;
using Overseer.Core.Drivers;
using Overseer.Core.Tasks;
using Overseer.Drivers.Exec;

namespace Overseer.Tests.Drivers;

public sealed class ExecConfigurationTests : IDisposable
{
    private readonly ExecHarness _exec = new();

    public void Dispose() => _exec.Dispose();

    [Fact]
    public void Parameters_have_three_forms()
    {
        var action = _exec.Action("""
            entrypoint: echo
            parameters:
              required:
              tilde: ~
              plain: 5
              blank: ""
              long: {default: a, validate: "size(value) < 9", secret: true, description: d, enum: [a, b]}
              long_required: {description: d}
            """);

        Assert.Equal(["required", "tilde", "plain", "blank", "long", "long_required"], action.Parameters.Keys);
        Assert.Null(action.Parameters["required"]);
        Assert.Null(action.Parameters["tilde"]);
        Assert.Equal("5", action.Parameters["plain"]!.Default);
        Assert.Equal("", action.Parameters["blank"]!.Default);
        var spec = action.Parameters["long"]!;
        Assert.Equal(("a", "size(value) < 9", true, "d"), (spec.Default, spec.Validate, spec.Secret, spec.Description));
        Assert.Equal(["a", "b"], spec.Enum!);
        Assert.Null(action.Parameters["long_required"]!.Default);
    }

    [Fact]
    public void What_is_known_but_not_there_yet_is_warned_about()
    {
        _exec.Action("""
            entrypoint: echo
            parameters: {p: {validate: "true"}}
            output: {stdout: {condition: "true"}}
            stderr_condition: "false"
            """);

        Assert.Equal(3, _exec.Warnings.Messages.Count);
        Assert.Contains(_exec.Warnings.Messages, m => m.Contains("o.yaml:2: parameters.p.validate: known, but without effect", StringComparison.Ordinal));
        Assert.Contains(_exec.Warnings.Messages, m => m.Contains("o.yaml:3: output.stdout.condition: ", StringComparison.Ordinal));
        Assert.Contains(_exec.Warnings.Messages, m => m.Contains("o.yaml:4: stderr_condition: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Everything_that_is_wrong_is_reported_at_once_with_its_line()
    {
        var errors = _exec.Errors("""
            entrypoint: "[[.a.b]]"
            comand: [x]
            command: [ok, "[[nope]]", [nested]]
            parameters:
              list: [a]
              bad: {defualt: 1}
              enum: {default: c, enum: [a, b]}
            env: {"A=B": x, C: [1]}
            stdin: maybe
            stop: {signal: SIGNOPE, grace: 5}
            output: {stdin: {}}
            """);

        Assert.Collection(
            errors.Order(StringComparer.Ordinal).ToList(),
            e => Assert.StartsWith("o.yaml:10: stop.grace: \"5\" is not a duration", e, StringComparison.Ordinal),
            e => Assert.StartsWith("o.yaml:10: stop.signal: \"SIGNOPE\" is no signal; allowed are", e, StringComparison.Ordinal),
            e => Assert.StartsWith("o.yaml:11: output.stdin: unknown key", e, StringComparison.Ordinal),
            e => Assert.StartsWith("o.yaml:1: entrypoint: template, position 5: unexpected '.'", e, StringComparison.Ordinal),
            e => Assert.Equal("o.yaml:2: comand: unknown key; did you mean command?", e),
            e => Assert.StartsWith("o.yaml:3: command[1]: template, position 3: \"nope\" is not known", e, StringComparison.Ordinal),
            e => Assert.Equal("o.yaml:3: command[2]: must be text, not a list", e),
            e => Assert.StartsWith("o.yaml:5: parameters.list: must be empty (required), a value (the default) or a mapping", e, StringComparison.Ordinal),
            e => Assert.Equal("o.yaml:6: parameters.bad.defualt: unknown key; did you mean default?", e),
            e => Assert.Equal("o.yaml:7: parameters.enum.default: must be one of enum", e),
            e => Assert.StartsWith("o.yaml:8: env.A=B: is no name of an environment variable", e, StringComparison.Ordinal),
            e => Assert.Equal("o.yaml:8: env.C: must be text, not a list", e),
            e => Assert.StartsWith("o.yaml:9: stdin: \"maybe\" is not allowed; allowed are none, pipe", e, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("command: [x]", "entrypoint is required")]
    [InlineData("entrypoint: \"\"", "o.yaml:1: entrypoint: must not be empty")]
    [InlineData("entrypoint: [a]", "o.yaml:1: entrypoint: must be a single value, not a list")]
    [InlineData("entrypoint: a\ncommand: a b", "o.yaml:2: command: must be a list, one item per argument, not text")]
    [InlineData("entrypoint: a\nstop: {grace: 721h}", "o.yaml:2: stop.grace: must be at most 720h")]
    [InlineData("entrypoint: a\nenv_file: missing.env", "o.yaml:2: env_file: cannot read missing.env: no such file")]
    public void A_bad_value_is_refused(string yaml, string message) => Assert.Contains(message, Assert.Single(_exec.Errors(yaml)), StringComparison.Ordinal);

    [Fact]
    public void An_action_without_config_says_what_it_needs()
    {
        var driver = new ExecDriver(_exec.ServerEnvironment, "/");

        var error = Assert.Throws<ConfigurationException>(() => driver.CreateAction(new ActionDefinition { Name = "a", Type = "exec" }));

        Assert.Equal("actions.a.config: entrypoint is required", error.Message);
    }

    [Fact]
    public void Free_keys_are_free_and_defaults_are_as_documented()
    {
        var plan = _exec.Plan("entrypoint: sh\nx-note: hello");

        Assert.Equal(StopPolicy.Default, plan.Stop);
        Assert.False(plan.StdinPipe);
        Assert.Null(plan.User);
        Assert.Equal(_exec.Directory, plan.WorkingDirectory);
        Assert.Equal(["sh"], plan.Arguments);
    }

    [Fact]
    public void Stop_overrides_what_it_names_of_the_actions_own()
    {
        var stop = new StopPolicy(3, TimeSpan.FromSeconds(9));

        Assert.Equal(stop with { Signal = 2 }, ExecHarness.Plan(_exec.Action("entrypoint: sh\nstop: {signal: INT}", stop)).Stop);
        Assert.Equal(stop with { Grace = TimeSpan.FromMinutes(1) }, ExecHarness.Plan(_exec.Action("entrypoint: sh\nstop: {grace: 1m}", stop)).Stop);
        Assert.Equal(stop, ExecHarness.Plan(_exec.Action("entrypoint: sh", stop)).Stop);
    }
}
