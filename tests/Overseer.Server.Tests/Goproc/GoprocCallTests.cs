using System.Diagnostics;
using Overseer.Protocols.Goproc;
using Overseer.Protocols.Grpc;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Goproc;

/// <summary>goproc's calls to a server that runs tasks of its own: both kinds are in one list. What a client sees of foreign processes alone is in <see cref="PythonClientTests"/>.</summary>
public sealed class GoprocCallTests : IAsyncLifetime
{
    private readonly List<Process> _sleepers = [];
    private RunningServer _server = null!;
    private GrpcClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync(place => RunningServer.Shell + $"goproc: {{socket: {place}/goproc.sock}}\nlimits: {{max_message_bytes: 64KiB}}\n");
        _client = GrpcClient.Connect(_server.PathOf("goproc.sock"));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        foreach (var sleeper in _sleepers)
        {
            sleeper.Kill();
            await sleeper.WaitForExitAsync();
            sleeper.Dispose();
        }
    }

    [Fact]
    public async Task Tasks_that_Overseer_runs_are_in_the_list_and_are_killed_and_removed_like_others()
    {
        await using var client = await _server.ConnectAsync();
        await client.StartShellAsync("own", "echo $$; exec sleep 1000");
        var foreign = Sleeper();
        await AddAsync(foreign);

        var all = await ListAsync(new ListRequest());
        Assert.Equal(["action", "adopted"], all.Select(proc => proc.Origin));
        Assert.Equal([true, true], all.Select(proc => proc.Alive));
        var own = all[0];
        Assert.Equal(("own", "active", own.Pid), (own.TaskId, own.State, own.Pgid));
        Assert.True(own.StartedAtUnixNano > 0);
        Assert.Equal(foreign, all[1].Pid);

        var refusal = await _client.RefusedAsync("Rm", new RmRequest { Id = own.Id });
        Assert.Equal(GrpcCode.FailedPrecondition, refusal.Code);
        Assert.Equal(new GrpcStatus(GrpcCode.AlreadyExists, $"pid {own.Pid} already registered as id {own.Id}"), await _client.RefusedAsync("Add", new AddRequest { Pid = own.Pid }));

        await _client.CallAsync("Kill", new KillRequest { Pid = own.Pid }, KillResponse.Parser);
        var ended = Assert.Single(await ListAsync(new ListRequest { Ids = { own.Id } }));
        Assert.Equal((false, "SIGTERM", false), (ended.Alive, ended.Signal, ended.HasExitCode));
        Assert.True(ended.ExitedAtUnixNano >= ended.StartedAtUnixNano);
        await _client.CallAsync("Rm", new RmRequest { Id = own.Id }, RmResponse.Parser);
        Assert.Equal([foreign], (await ListAsync(new ListRequest())).Select(proc => proc.Pid));
    }

    [Fact]
    public async Task What_processes_use_is_told_to_who_asks_for_it()
    {
        await using var client = await _server.ConnectAsync();
        await client.StartShellAsync("own", "sleep 1000 & echo ready; wait");
        await client.ExpectAsync("output", "own");
        await client.StartShellAsync("ended", "exit 0");
        await client.ExpectAsync("exited", "ended");
        await AddAsync(Sleeper());

        Assert.All(await ListAsync(new ListRequest()), proc => Assert.Equal((null, null, 0u, ""), (proc.Use, proc.TreeUse, proc.TreeSize, proc.User)));

        var all = await ListAsync(new ListRequest { WithUse = true });
        Assert.Equal([2u, 0u, 1u], all.Select(proc => proc.TreeSize));
        Assert.Null(all[1].Use);
        foreach (var proc in (Proc[])[all[0], all[2]])
        {
            Assert.Equal(Environment.UserName, proc.User);
            Assert.Equal(1, proc.Use.Threads);
            Assert.Equal((int)proc.TreeSize, proc.TreeUse.Threads);
            Assert.InRange(proc.Use.ResidentBytes, 4096, proc.TreeUse.ResidentBytes);
            Assert.InRange(proc.Use.CpuSeconds, 0, proc.TreeUse.CpuSeconds);
            Assert.InRange(proc.Use.OpenFds, 1, proc.TreeUse.OpenFds);
        }

        Assert.True(all[0].TreeUse.ResidentBytes > all[0].Use.ResidentBytes);
        Assert.Equal([3ul], (await ListAsync(new ListRequest { WithUse = true, Ids = { 3 } })).Where(proc => proc.Use is not null).Select(proc => proc.Id));
    }

    [Fact]
    public async Task Numbers_that_there_cannot_be_match_nothing()
    {
        await AddAsync(Sleeper());

        Assert.Empty(await ListAsync(new ListRequest { Ids = { ulong.MaxValue } }));
        Assert.Empty(await ListAsync(new ListRequest { Ids = { 0 } }));
        Assert.Empty(await ListAsync(new ListRequest { Pids = { -1 } }));
        Assert.Single(await ListAsync(new ListRequest { Ids = { ulong.MaxValue, 1 } }));
        Assert.Equal(GrpcCode.NotFound, (await _client.RefusedAsync("Kill", new KillRequest { Id = ulong.MaxValue })).Code);
        Assert.Equal(GrpcCode.NotFound, (await _client.RefusedAsync("Rm", new RmRequest { Id = ulong.MaxValue })).Code);
    }

    [Fact]
    public async Task An_exit_code_is_told_where_the_kernel_tells_it()
    {
        using var child = Process.Start(new ProcessStartInfo("sh", ["-c", "read line; exit 7"]) { RedirectStandardInput = true, UseShellExecute = false })!;
        var id = await AddAsync(child.Id);

        child.StandardInput.Close();
        await child.WaitForExitAsync();

        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        Proc proc;
        while ((proc = Assert.Single(await ListAsync(new ListRequest { Ids = { id } }))).Alive)
        {
            deadline.Token.ThrowIfCancellationRequested();
        }

        Assert.True(!proc.HasExitCode || proc.ExitCode == 7, $"exit code {proc.ExitCode}");
        Assert.Equal("", proc.Signal);
    }

    [Fact]
    public async Task A_process_is_taken_by_its_parent_even_when_it_has_ended()
    {
        // The runtime waits for its children by itself, and so may a shell; a program that has taken its place does not, so the child ends only then.
        var parent = Process.Start(new ProcessStartInfo("sh", ["-c", "sh -c 'until grep -q sleep /proc/$PPID/comm; do :; done' & echo $!; exec sleep 1000"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        _sleepers.Add(parent);
        var zombie = int.Parse((await parent.StandardOutput.ReadLineAsync())!, System.Globalization.CultureInfo.InvariantCulture);
        while (!(await File.ReadAllTextAsync($"/proc/{zombie}/stat")).Contains(") Z ", StringComparison.Ordinal))
        {
            await Task.Yield();
        }

        Assert.Equal(GrpcCode.NotFound, (await _client.RefusedAsync("Add", new AddRequest { Pid = zombie })).Code);
        var added = await _client.CallAsync("Add", new AddRequest { Pid = zombie, Cmd = "true\nor so" }, AddResponse.Parser);

        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        Proc proc;
        while ((proc = Assert.Single(await ListAsync(new ListRequest { Ids = { added.Id } }))).Alive)
        {
            deadline.Token.ThrowIfCancellationRequested();
        }

        Assert.Equal("true or so", proc.Cmd);
    }

    [Fact]
    public async Task The_largest_message_is_what_the_configuration_says()
    {
        var request = new AddRequest { Pid = 1, Name = new string('n', (64 << 10) - 6) };
        Assert.Equal(64 << 10, request.CalculateSize());

        Assert.Equal(GrpcCode.Internal, (await _client.RefusedAsync("Add", request)).Code); // the name is too long, so it was read
        request.Name += "n";
        Assert.Equal(GrpcCode.ResourceExhausted, (await _client.RefusedAsync("Add", request)).Code);
    }

    [Fact]
    public async Task Fifty_clients_that_add_at_once_get_fifty_numbers()
    {
        var pids = Enumerable.Range(0, 50).Select(_ => Sleeper()).ToList();

        var ids = await Task.WhenAll(pids.Select(async pid =>
        {
            using var client = GrpcClient.Connect(_server.PathOf("goproc.sock"));
            return (await client.CallAsync("Add", new AddRequest { Pid = pid, Tags = { "t" } }, AddResponse.Parser)).Id;
        }));

        Assert.Equal(Enumerable.Range(1, 50).Select(id => (ulong)id), ids.Order());
        var all = await ListAsync(new ListRequest { TagsAny = { "t" } });
        Assert.Equal(pids.Order(), all.Select(proc => proc.Pid).Order());
        Assert.Equal(all.Select(proc => proc.Id), all.Select(proc => proc.Id).Order());
    }

    [Fact]
    public async Task A_second_server_on_the_same_socket_is_refused_and_the_first_goes_on()
    {
        var failure = await Assert.ThrowsAsync<Hosting.StartupException>(() => RunningServer.StartAsync(_ => $"goproc: {{socket: {_server.PathOf("goproc.sock")}}}\n"));

        Assert.Contains("another server answers there", failure.Message, StringComparison.Ordinal);
        Assert.Equal("pong", (await _client.CallAsync("Ping", new PingRequest(), PingResponse.Parser)).Ok);
        Assert.Equal("pong", (await GrpcClient.Connect(_server.PathOf("goproc.sock")).CallAsync("Ping", new PingRequest(), PingResponse.Parser)).Ok);
    }

    private int Sleeper()
    {
        var sleeper = Process.Start("sleep", ["1000"]);
        _sleepers.Add(sleeper);
        return sleeper.Id;
    }

    private async Task<ulong> AddAsync(int pid) => (await _client.CallAsync("Add", new AddRequest { Pid = pid }, AddResponse.Parser)).Id;

    private async Task<IReadOnlyList<Proc>> ListAsync(ListRequest request) => (await _client.CallAsync("List", request, ListResponse.Parser)).Procs;
}
