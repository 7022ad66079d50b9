using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Acceptance;

/// <summary>Programs that cannot be executed: the error says why and of which path, and nothing is left of the start.</summary>
public sealed class UnstartableProgramsTests
{
    [Theory]
    [InlineData("missing", "PLACE/missing: no such file or directory (ENOENT)")]
    [InlineData("missing/below", "PLACE/missing/below: no such file or directory (ENOENT)")]
    [InlineData("overseer.yaml/below", "PLACE/overseer.yaml/below: not a directory (ENOTDIR)")]
    [InlineData("plain", "PLACE/plain: it is not executable for this user: permission denied (EACCES)")]
    [InlineData("orphan", "PLACE/orphan: its interpreter /no/such/interpreter cannot be executed: no such file or directory (ENOENT)")]
    [InlineData("noise", "PLACE/noise: not a program of this machine, and no #! in its first line: exec format error (ENOEXEC)")]
    [InlineData("directory", "PLACE/directory: it is a directory")]
    [InlineData("loop", "PLACE/loop: too many levels of symbolic links (ELOOP)")]
    public async Task The_error_names_path_and_errno_and_nothing_is_left(string program, string expected)
    {
        await using var server = await StartAsync(place => $"actions: {{run: {{type: exec, config: {{entrypoint: '{place}/{program}'}}}}, good: {{type: exec, config: {{entrypoint: echo, command: [hello]}}}}}}");
        await using var client = await server.ConnectAsync();
        await using var other = await server.ConnectAsync();

        var refused = await client.AskAsync("start", ("action", "run"), ("task_id", "t"));
        Assert.Equal("error", refused.Type);
        Assert.Equal("cannot execute " + expected.Replace("PLACE", server.Place, StringComparison.Ordinal), Lowered(refused.Message!));
        Assert.Empty(await client.ListAsync());

        // The id is free for others, and who failed with it hears nothing of their task.
        Assert.Equal("started", (await other.AskAsync("start", ("action", "good"), ("task_id", "t"))).Type);
        Assert.Equal("hello", (await other.ExpectAsync("output", "t")).Data);
        await other.ExpectAsync("exited", "t");
        Assert.Empty(await client.DrainAsync());
    }

    [Fact]
    public async Task A_name_that_is_nowhere_in_the_path_is_refused()
    {
        await using var server = await RunningServer.StartAsync("actions: {run: {type: exec, config: {entrypoint: no-such-program, env: {PATH: /nowhere}}}}");
        await using var client = await server.ConnectAsync();

        var refused = await client.AskAsync("start", ("action", "run"));

        Assert.Equal(("error", "cannot execute no-such-program: no such file in PATH (ENOENT); PATH is /nowhere"), (refused.Type, refused.Message));
        Assert.Empty(await client.ListAsync());
    }

    [Fact]
    public async Task A_deleted_working_directory_is_named()
    {
        await using var server = await RunningServer.StartAsync(place => $"actions: {{run: {{type: exec, config: {{entrypoint: pwd, cwd: '{place}/cwd'}}}}}}");
        await using var client = await server.ConnectAsync();
        Directory.CreateDirectory(server.PathOf("cwd"));
        await client.AskAsync("start", ("action", "run"), ("task_id", "t"));
        Assert.Equal(server.PathOf("cwd"), (await client.ExpectAsync("output", "t")).Data);
        await client.ExpectAsync("exited", "t");
        Directory.Delete(server.PathOf("cwd"));

        var refused = await client.AskAsync("start", ("action", "run"), ("task_id", "t"));

        Assert.Equal($"cannot start in the working directory {server.Place}/cwd: no such file or directory (ENOENT)", Lowered(refused.Message!));
        var before = (await client.ListAsync()).Single();
        Assert.Equal(("stopped", 0L), (before.Text("state"), before.Number("last_exit_code")));

        // It goes on where it was once the directory is back.
        Directory.CreateDirectory(server.PathOf("cwd"));
        Assert.Equal("started", (await client.AskAsync("start", ("action", "run"), ("task_id", "t"))).Type);
        Assert.Equal(2, (await client.ExpectAsync("output", "t")).Seq);
    }

    [Fact]
    public async Task A_subscriber_stays_subscribed_when_its_own_start_fails()
    {
        await using var server = await StartAsync(place => $"actions: {{run: {{type: exec, config: {{entrypoint: '{place}/plain'}}}}}}");
        await using var client = await server.ConnectAsync();
        await using var other = await server.ConnectAsync();
        await client.AskAsync("subscribe", ("task_id", "t"));
        Assert.Equal("error", (await client.AskAsync("start", ("action", "run"), ("task_id", "t"))).Type);

        File.SetUnixFileMode(server.PathOf("plain"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Equal("started", (await other.AskAsync("start", ("action", "run"), ("task_id", "t"))).Type);

        Assert.Equal("plain", (await client.ExpectAsync("output", "t")).Data);
    }

    private static string Lowered(string message) => message.Replace(": No", ": no", StringComparison.Ordinal);

    private static Task<RunningServer> StartAsync(Func<string, string> yaml) => RunningServer.StartAsync(place =>
    {
        File.WriteAllText(Path.Combine(place, "plain"), "#!/bin/sh\necho plain\n");
        Write("orphan", "#!/no/such/interpreter\n");
        Write("noise", "\u0001\u0002no program\n");
        Directory.CreateDirectory(Path.Combine(place, "directory"));
        File.CreateSymbolicLink(Path.Combine(place, "loop"), Path.Combine(place, "loop"));
        return yaml(place);

        void Write(string name, string text)
        {
            File.WriteAllText(Path.Combine(place, name), text);
            File.SetUnixFileMode(Path.Combine(place, name), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    });
}
