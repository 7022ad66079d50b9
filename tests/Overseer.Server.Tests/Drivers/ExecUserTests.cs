using Overseer.Core.Drivers;

namespace Overseer.Tests.Drivers;

/// <summary>As root: others may not start tasks as somebody else.</summary>
public sealed class ExecUserTests : IDisposable
{
    private readonly ExecHarness _exec = new(("PATH", "/usr/bin:/bin"), ("HOME", "/root"), ("USER", "root"), ("LOGNAME", "root"));

    public void Dispose() => _exec.Dispose();

    [Theory]
    [InlineData("nobody", 65534, 65534, "/nonexistent", "nobody")]
    [InlineData("65534", 65534, 65534, "/nonexistent", "nobody")]
    [InlineData("nobody:daemon", 65534, 1, "/nonexistent", "nobody")]
    [InlineData("12345", 12345, 12345, "/", "12345")]
    [InlineData("12345:6", 12345, 6, "/", "12345")]
    public void A_user_is_found_by_name_or_number_and_the_environment_is_that_users(string user, int uid, int gid, string home, string name)
    {
        var plan = _exec.Plan($"entrypoint: sh\nuser: \"{user}\"");

        Assert.Equal(new ProcessUser(uid, gid), plan.User);
        Assert.Equal($"HOME={home} LOGNAME={name} USER={name}", Named(plan));
    }

    [Fact]
    public void What_the_action_says_about_the_environment_wins()
    {
        var plan = _exec.Plan("entrypoint: sh\nuser: nobody\nenv: {HOME: /srv}");

        Assert.Equal("HOME=/srv LOGNAME=nobody USER=nobody", Named(plan));
    }

    [Fact]
    public void The_user_may_come_from_a_parameter()
    {
        var action = _exec.Action("entrypoint: sh\nuser: \"[[.who]]\"\nparameters: {who: }");

        Assert.Equal(new ProcessUser(65534, 65534), ExecHarness.Plan(action, ("who", "nobody")).User);
        Assert.Null(ExecHarness.Plan(action, ("who", "root")).User);
        Assert.Equal("HOME=/root LOGNAME=root USER=root", Named(ExecHarness.Plan(action, ("who", "root"))));
    }

    [Theory]
    [InlineData("nosuchuser", "user: there is no user \"nosuchuser\"")]
    [InlineData("nobody:nosuchgroup", "user: there is no group \"nosuchgroup\"")]
    [InlineData(":daemon", "user: \":daemon\" names no user; allowed are NAME, UID, NAME:GROUP and UID:GID")]
    public void A_user_that_is_not_there_cannot_be_started_as(string user, string message)
    {
        var error = Assert.Throws<PlanException>(() => _exec.Plan($"entrypoint: sh\nuser: \"{user}\""));

        Assert.Equal((message, true), (error.Message, error.CannotStart));
    }

    [Fact]
    public void Limits_are_read()
    {
        Assert.Equal(
            new ProcessLimits { Processes = 200, MemoryBytes = 64 << 20, OpenFiles = 256 },
            _exec.Plan("entrypoint: sh\nlimits: {processes: 200, memory: 64MiB, open_files: 256}").Limits);
        Assert.Null(_exec.Plan("entrypoint: sh").Limits);
        Assert.Equal(
            ["o.yaml:2: limits.processes: \"0\" is not a whole number from 1 to 4194304", "o.yaml:2: limits.zzz: unknown key; known here are memory, open_files, processes"],
            _exec.Errors("entrypoint: sh\nlimits: {processes: 0, zzz: 1}").Order(StringComparer.Ordinal));
    }

    private static string Named(ProcessPlan plan) =>
        string.Join(' ', plan.Environment.Where(e => e.Key is "HOME" or "USER" or "LOGNAME").OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}={e.Value}"));
}
