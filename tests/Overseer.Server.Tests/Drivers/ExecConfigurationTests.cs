using System.Text;
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

    [Theory]
    [InlineData("output: {stdout: {condition: \"output.data != 'a'\"}, stderr: {condition: \"output.data != 'b'\"}}")]
    [InlineData("stdout_condition: output.data != 'a'\nstderr_condition: output.data != 'b'")]
    [InlineData("output: {stdout: {condition: \"output.data != 'a'\"}}\nstderr_condition: output.data != 'b'")]
    public void Conditions_on_output_have_two_spellings(string yaml)
    {
        var filter = _exec.Action("entrypoint: echo\n" + yaml).Output!;

        Assert.Equal([false, true, true, false], new[] { (false, "a"), (false, "b"), (true, "a"), (true, "b") }.Select(l => filter.Passes(l.Item1, Encoding.UTF8.GetBytes(l.Item2))));
        Assert.Equal(OutputFilter.Create("output.data != 'a'", "output.data != 'b'")!.Fingerprint, filter.Fingerprint);
        Assert.Empty(_exec.Warnings.Messages);
    }

    [Theory]
    [InlineData("")]
    [InlineData("output: {}")]
    [InlineData("output: {stdout: {}, stderr: }")]
    [InlineData("output: {stdout: {condition: }}\nstdout_condition:")]
    public void Without_conditions_there_is_no_filter(string yaml) => Assert.Null(_exec.Action("entrypoint: echo\n" + yaml).Output);

    [Theory]
    [InlineData("stdout_condition: output.data + 1 == 2", "o.yaml:2: stdout_condition: column 13: there is no string + int\n  output.data + 1 == 2\n              ^")]
    [InlineData("output:\n  stderr:\n    condition: size(output.data)", "o.yaml:4: output.stderr.condition: column 1: a condition must yield bool; this yields int\n  size(output.data)\n  ^")]
    [InlineData("stderr_condition: ''", "o.yaml:2: stderr_condition: column 1: the expression is empty")]
    [InlineData("stdout_condition: [a]", "o.yaml:2: stdout_condition: must be a single value, not a list")]
    [InlineData("output: {stdout: {condition: 'true'}}\nstdout_condition: 'true'", "o.yaml:3: stdout_condition: output.stdout.condition says the same; only one of the two may be given")]
    [InlineData("parameters: {p: {validate: value >}}", "o.yaml:2: parameters.p.validate: column 8: unexpected the end of the expression; a value is expected here\n  value >\n         ^")]
    [InlineData("parameters:\n  p:\n    default: abc\n    validate: size(value) < 3", "o.yaml:4: parameters.p.default: \"abc\" fails validate")]
    [InlineData("parameters: {p: {default: abc, secret: true, validate: size(value) < 3}}", "o.yaml:2: parameters.p.default: \"***\" fails validate")]
    public void A_wrong_expression_is_refused_with_file_line_key_and_place(string yaml, string message) => Assert.Equal(message, Assert.Single(_exec.Errors("entrypoint: a\n" + yaml)));

    [Fact]
    public void A_value_that_fails_its_validation_is_refused_at_the_start()
    {
        var action = _exec.Action("entrypoint: echo\nparameters: {n: {default: 1, validate: int(value) > 0}}");

        Assert.Equal("parameter \"n\" failed validation (value: \"0\")", Assert.Throws<PlanException>(() => ExecHarness.Plan(action, ("n", "0"))).Message);
        Assert.Equal(["echo"], ExecHarness.Plan(action, ("n", "2")).Arguments);
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
