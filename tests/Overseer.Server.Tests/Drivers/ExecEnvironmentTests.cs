namespace Overseer.Tests.Drivers;

public sealed class ExecEnvironmentTests
{
    [Fact]
    public void Variables_that_are_meant_for_the_server_do_not_reach_children()
    {
        using var exec = new ExecHarness(
            ("PATH", "/bin"),
            ("HOME", "/root"),
            ("OVERSEER_TOKEN", "secret"),
            ("OVERSEER_CONFIG", "x"),
            ("NOTIFY_SOCKET", "/run/n"),
            ("LISTEN_FDS", "1"),
            ("LISTEN_PID", "1"),
            ("LISTEN_FDNAMES", "x"),
            ("WATCHDOG_USEC", "1"),
            ("WATCHDOG_PID", "1"),
            ("DOTNET_EnableDiagnostics", "0"),
            ("DOTNET_gcConcurrent", "0"),
            ("DOTNET_TieredPGO", "0"),
            ("DOTNET_ROOT", "/usr/share/dotnet"));

        var plan = exec.Plan("entrypoint: sh");

        Assert.Equal(["DOTNET_ROOT", "HOME", "PATH"], plan.Environment.Select(e => e.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Env_lies_over_env_file_over_what_is_inherited()
    {
        using var exec = new ExecHarness(("PATH", "/bin"), ("A", "inherited"), ("B", "inherited"), ("C", "inherited"));
        File.WriteAllText(
            Path.Combine(exec.ConfigDirectory, "vars.env"),
            "# comment\n\nB=file\nC=file\r\n  # indented comment\n D = spaced \nQ=\"in quotes\"\nS='single'\nE=\nF=a=b\n");

        var environment = exec.Plan("entrypoint: sh\nenv_file: vars.env\nenv: {C: env}").Environment.ToDictionary(e => e.Key, e => e.Value);

        var written = string.Join(' ', environment.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}={e.Value};"));
        Assert.Equal("A=inherited; B=file; C=env; D=spaced; E=; F=a=b; PATH=/bin; Q=in quotes; S=single;", written);
    }

    [Fact]
    public void A_bad_line_of_env_file_is_reported_with_its_own_file_and_line()
    {
        using var exec = new ExecHarness();
        File.WriteAllText(Path.Combine(exec.ConfigDirectory, "vars.env"), "A=1\nno equals\n=x\nB C=1\n");

        Assert.Equal(
            ["vars.env:2: must be NAME=value", "vars.env:3: must be NAME=value", "vars.env:4: must be NAME=value"],
            exec.Errors("entrypoint: sh\nenv_file: vars.env"));
    }

    [Fact]
    public void An_env_file_that_is_not_text_is_refused()
    {
        using var exec = new ExecHarness();
        File.WriteAllBytes(Path.Combine(exec.ConfigDirectory, "vars.env"), [0xff, 0xfe, 0xfd]);

        Assert.Contains("it is not UTF-8", Assert.Single(exec.Errors("entrypoint: sh\nenv_file: vars.env")), StringComparison.Ordinal);
    }
}
