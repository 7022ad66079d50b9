using Overseer.Core.Drivers;

namespace Overseer.Tests.Drivers;

public sealed class ExecPlanTests : IDisposable
{
    private readonly ExecHarness _exec = new();

    public void Dispose() => _exec.Dispose();

    [Fact]
    public void Each_item_stays_one_argument_whatever_its_value_holds()
    {
        const string Nasty = "a b; $(rm -rf /) \"quoted\" [[.other]] *\nline";

        var plan = _exec.Plan("entrypoint: echo\ncommand: [\"[[.m]]\", \"--x=[[.m]]\", \"[[.none]]\", \"[[if .none]]never[[end]]\"]", ("m", Nasty), ("other", "no"));

        Assert.Equal(["echo", Nasty, "--x=" + Nasty, "", ""], plan.Arguments);
    }

    [Fact]
    public void Defaults_undeclared_parameters_and_templates_reach_every_string()
    {
        var plan = _exec.Plan(
            """
            entrypoint: "[[.shell]]"
            command: ["-c", "[[index . \"my-script\"]]"]
            cwd: "work/[[.dir]]"
            env: {GREETING: "hello [[.who]]", EMPTY: }
            parameters: {shell: sh, dir: d}
            """,
            ("my-script", "true"),
            ("who", "Ann"));

        Assert.Equal(["sh", "-c", "true"], plan.Arguments);
        Assert.Equal("/usr/bin/sh", plan.File);
        Assert.Equal(Path.Combine(_exec.ConfigDirectory, "work/d"), plan.WorkingDirectory);
        Assert.Equal("hello Ann", plan.Environment.Single(e => e.Key == "GREETING").Value);
        Assert.Equal("", plan.Environment.Single(e => e.Key == "EMPTY").Value);
    }

    [Theory]
    [InlineData("entrypoint: sh\nparameters: {r: }", "required parameter \"r\" is missing")]
    [InlineData("entrypoint: \"[[.none]]\"", "entrypoint is empty with these parameters")]
    [InlineData("entrypoint: sh\ncwd: \"[[.none]]\"", "cwd is empty with these parameters")]
    [InlineData("entrypoint: sh\ncommand: [a, \"[[.nul]]\"]", "command[1]: a NUL character cannot be passed to a program")]
    [InlineData("entrypoint: sh\nenv: {A: \"[[.nul]]\"}", "env.A: a NUL character cannot be passed to a program")]
    public void Bad_parameters_are_validation_errors(string yaml, string message)
    {
        var error = Assert.Throws<PlanException>(() => _exec.Plan(yaml, ("nul", "a\0b")));

        Assert.Equal(message, error.Message);
        Assert.False(error.CannotStart);
    }

    [Fact]
    public void A_program_is_found_by_the_childs_path_not_the_servers()
    {
        var program = _exec.Program("bin/tool");

        Assert.Equal(program, _exec.Plan($"entrypoint: tool\nenv: {{PATH: \"/nowhere:{_exec.Directory}/bin\"}}").File);
        Assert.Equal(program, _exec.Plan($"entrypoint: tool\ncwd: {_exec.Directory}\nenv: {{PATH: bin}}").File);
        Assert.Equal(program, _exec.Plan($"entrypoint: tool\ncwd: {_exec.Directory}/bin\nenv: {{PATH: \":/bin\"}}").File);
    }

    [Fact]
    public void Without_a_path_the_usual_places_are_searched()
    {
        using var exec = new ExecHarness(("HOME", "/root"));

        Assert.Equal("/usr/bin/sh", exec.Plan("entrypoint: sh").File);
    }

    [Fact]
    public void A_name_with_a_slash_is_a_path_from_the_working_directory()
    {
        Assert.Equal("/opt/x/run.sh", _exec.Plan("entrypoint: run.sh\ncwd: /opt/x\ncommand: []".Replace("run.sh", "./run.sh", StringComparison.Ordinal)).File.Replace("/./", "/", StringComparison.Ordinal));
        Assert.Equal("/no/such", _exec.Plan("entrypoint: /no/such").File);
    }

    [Fact]
    public void A_program_that_does_not_exist_is_a_clear_error_at_the_start()
    {
        var action = _exec.Action("entrypoint: no-such-program");

        var error = Assert.Throws<PlanException>(() => ExecHarness.Plan(action));

        Assert.True(error.CannotStart);
        Assert.Equal("cannot execute no-such-program: no such file in PATH (ENOENT); PATH is /usr/bin:/bin", error.Message);
        _exec.ServerEnvironment["PATH"] = "/bin";
    }

    [Fact]
    public void Directories_and_files_that_cannot_be_executed_are_passed_over()
    {
        Directory.CreateDirectory(Path.Combine(_exec.Directory, "one/tool"));
        var unusable = _exec.Program("two/tool", UnixFileMode.UserRead);
        var path = $"{_exec.Directory}/one:{_exec.Directory}/two";

        var error = Assert.Throws<PlanException>(() => _exec.Plan($"entrypoint: tool\nenv: {{PATH: \"{path}\"}}"));
        Assert.Equal($"cannot execute {unusable}: permission denied, it is not executable (EACCES)", error.Message);

        var usable = _exec.Program("three/tool");
        Assert.Equal(usable, _exec.Plan($"entrypoint: tool\nenv: {{PATH: \"{path}:{_exec.Directory}/three\"}}").File);
    }

    [Fact]
    public void Stdin_is_a_pipe_only_when_asked_for()
    {
        Assert.True(_exec.Plan("entrypoint: sh\nstdin: pipe").StdinPipe);
        Assert.False(_exec.Plan("entrypoint: sh\nstdin: none").StdinPipe);
    }

    [Fact]
    public void Ten_thousand_arguments_are_planned()
    {
        var plan = _exec.Plan("entrypoint: echo\ncommand: [" + string.Join(", ", Enumerable.Range(0, 10_000)) + "]");

        Assert.Equal(10_001, plan.Arguments.Count);
        Assert.Equal("9999", plan.Arguments[10_000]);
    }
}
