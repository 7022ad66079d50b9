using System.Net;
using System.Net.Sockets;
using Overseer.Hosting;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Acceptance;

/// <summary>A server that cannot start says so in one line, with the documented exit code, and leaves nothing.</summary>
public sealed class StartupTests : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("overseer-startup-").FullName;

    private string State => Path.Combine(_place, "state");

    private string Runtime => Path.Combine(_place, "run");

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Fact]
    public async Task A_wrong_configuration_gives_all_errors_with_file_and_line_and_starts_nothing()
    {
        var file = await ConfigurationAsync(
            """
            listen: 127.0.0.1:0
            lisen: 1
            limits: {max_line_bytes: 1}
            actions:
              a: {type: exce}
              b:
                type: exec
                config: {entrypoint: echo, comand: []}
            """);
        await using var server = ServerProcess.Begin(ServerProcess.Program, "serve", "--config", file, "--state-dir", State, "--runtime-dir", Runtime);

        var (code, output, error) = await server.EndAsync();

        Assert.Equal((ExitCodes.Configuration, ""), (code, output));
        var lines = error.TrimEnd('\n').Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.StartsWith($"{file}:2: lisen: ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"{file}:3: limits.max_line_bytes: ", lines[1], StringComparison.Ordinal);
        Assert.StartsWith($"{file}:5: actions.a.type: ", lines[2], StringComparison.Ordinal);
        Assert.StartsWith($"{file}:8: actions.b.config.comand: ", lines[3], StringComparison.Ordinal);
        Assert.Equal(["overseer.yaml"], Directory.GetFileSystemEntries(_place).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("")]
    [InlineData("listen: [")]
    [InlineData(null)]
    public async Task A_file_that_cannot_be_read_is_named(string? yaml)
    {
        var file = yaml is null ? Path.Combine(_place, "missing.yaml") : await ConfigurationAsync(yaml);
        await using var server = ServerProcess.Begin(ServerProcess.Program, "serve", "--config", file, "--state-dir", State, "--runtime-dir", Runtime);

        var (code, output, error) = await server.EndAsync();

        Assert.Equal((ExitCodes.Configuration, ""), (code, output));
        Assert.Contains(file, Assert.Single(error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
        Assert.False(Directory.Exists(State) || Directory.Exists(Runtime));
    }

    [Fact]
    public async Task A_port_in_use_is_one_line_and_leaves_nothing()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;

        await RefusedAsync($"cannot listen on 127.0.0.1:{port}", "--listen", $"127.0.0.1:{port}");

        await ServerProcess.NobodyLeftAsync(_place);
        Assert.False(File.Exists(Path.Combine(Runtime, "overseer.sock")));
    }

    [Fact]
    public async Task A_second_server_on_the_same_directories_is_told_who_has_them()
    {
        await using var first = Serve(State, Runtime);
        await first.ReadyAsync();

        await RefusedAsync($"another server uses the state directory {State} (pid {first.Id})", "--runtime-dir", Path.Combine(_place, "run2"));
        await RefusedAsync($"another server uses the runtime directory {Runtime} (pid {first.Id})", "--state-dir", Path.Combine(_place, "state2"));

        // The first one has noticed nothing.
        await using var client = await WireClient.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(Runtime, "overseer.sock")));
        Assert.Empty(await client.ListAsync());
    }

    [Fact]
    public async Task An_unwritable_state_directory_is_named()
    {
        var program = ServerProcess.Program;
        string[] prefix = [];
        Directory.CreateDirectory(Path.Combine(_place, "locked"), UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        if (Environment.IsPrivilegedProcess)
        {
            // Nothing is unwritable for root. Another user may not see our folder, so he gets a copy of the program.
            prefix = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
            File.SetUnixFileMode(_place, (UnixFileMode)0b111_111_111);
            program = CopyOfProgram();
        }

        await using var server = ServerProcess.Begin([.. prefix, program, "serve", "--config", await ConfigurationAsync("{}"), "--listen", "127.0.0.1:0", "--state-dir", Path.Combine(_place, "locked", "state"), "--runtime-dir", Runtime]);
        var (code, output, error) = await server.EndAsync();

        Assert.Equal((ExitCodes.CannotStart, ""), (code, output));
        Assert.Equal($"overseer: cannot create the state directory {_place}/locked/state: permission denied; choose another one with --state-dir\n", error);
    }

    [Fact]
    public async Task A_state_directory_of_somebody_else_is_refused()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can give a directory away");
        Directory.CreateDirectory(State);
        using (var give = System.Diagnostics.Process.Start("chown", ["65534", State]))
        {
            await give.WaitForExitAsync();
        }

        await RefusedAsync($"the state directory {State} belongs to user 65534");
    }

    [Theory]
    [InlineData("")]
    [InlineData("precious")]
    public async Task A_file_in_the_sockets_place_is_refused_and_kept(string content)
    {
        Directory.CreateDirectory(Runtime, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var path = Path.Combine(Runtime, "overseer.sock");
        await File.WriteAllTextAsync(path, content);

        await RefusedAsync($"cannot listen on unix:{path}: a file is in the way");

        Assert.Equal(content, await File.ReadAllTextAsync(path));
        await ServerProcess.NobodyLeftAsync(_place);
    }

    [Fact]
    public async Task A_socket_that_a_killed_server_left_is_replaced()
    {
        await using (var killed = Serve(State, Runtime))
        {
            await killed.ReadyAsync();
            killed.Signal("KILL");
            await killed.EndAsync();
        }

        Assert.True(File.Exists(Path.Combine(Runtime, "overseer.sock")));
        await using var next = Serve(State, Runtime);
        await next.ReadyAsync();

        await using var client = await WireClient.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(Runtime, "overseer.sock")));
        Assert.Empty(await client.ListAsync());
    }

    [Fact]
    public async Task A_socket_on_which_somebody_answers_is_kept()
    {
        var path = Path.Combine(_place, "taken.sock");
        using var holder = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        holder.Bind(new UnixDomainSocketEndPoint(path));
        holder.Listen();

        await RefusedAsync($"cannot listen on unix:{path}: another server answers there", "--listen", $"unix:{path}");

        Assert.True(ServerProcess.Answers(path));
    }

    private static ServerProcess Serve(string state, string runtime) =>
        ServerProcess.Begin(ServerProcess.Program, "serve", "--listen", "127.0.0.1:0", "--state-dir", state, "--runtime-dir", runtime);

    private async Task RefusedAsync(string expected, params string[] arguments)
    {
        List<string> line = [ServerProcess.Program, "serve", "--config", await ConfigurationAsync("{}"), .. arguments];
        Default("--listen", "127.0.0.1:0");
        Default("--state-dir", State);
        Default("--runtime-dir", Runtime);
        await using var server = ServerProcess.Begin([.. line]);

        var (code, output, error) = await server.EndAsync();

        // The log is JSON, one object a line; what is not is meant for whoever started it.
        Assert.Equal((ExitCodes.CannotStart, ""), (code, output));
        var said = Assert.Single(error.TrimEnd('\n').Split('\n'), one => !one.StartsWith('{'));
        Assert.StartsWith("overseer: " + expected, said, StringComparison.Ordinal);
        Assert.DoesNotContain("\"LogLevel\":\"Error\"", error, StringComparison.Ordinal);
        Assert.DoesNotContain("\"LogLevel\":\"Critical\"", error, StringComparison.Ordinal);

        void Default(string flag, string value)
        {
            if (!line.Contains(flag))
            {
                line.AddRange([flag, value]);
            }
        }
    }

    private string CopyOfProgram()
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(ServerProcess.Program))!;
        var copy = Directory.CreateDirectory(Path.Combine(_place, "program")).FullName;
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        return Path.Combine(copy, Path.GetFileName(ServerProcess.Program));
    }

    private async Task<string> ConfigurationAsync(string yaml)
    {
        var file = Path.Combine(_place, "overseer.yaml");
        await File.WriteAllTextAsync(file, yaml);
        return file;
    }
}
