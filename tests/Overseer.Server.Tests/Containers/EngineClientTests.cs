using Overseer.Drivers.Docker.Engine;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Containers;

/// <summary>The client of container engines, against one.</summary>
[Collection(nameof(WithPodman))]
public sealed class EngineClientTests(Podman podman)
{
    [Fact]
    public async Task A_container_is_created_started_waited_for_and_removed()
    {
        using var client = new EngineClient(podman.Socket, TimeProvider.System);
        Assert.NotEmpty((await client.VersionAsync(CancellationToken.None)).Version!);
        Assert.NotNull(await client.FindImageAsync(Podman.Image, CancellationToken.None));
        Assert.Null(await client.FindImageAsync("localhost/nosuch:1", CancellationToken.None));
        var spec = new ContainerSpec { Image = Podman.Image, Cmd = ["sh", "-c", "echo hello; exit 3"], HostConfig = new ContainerHostSpec { NetworkMode = "none" } };
        var id = await client.CreateAsync("client-test", spec, CancellationToken.None);
        Assert.True((await client.FindAsync("client-test", CancellationToken.None))!.State.IsNew);
        await Assert.ThrowsAsync<EngineRefusedException>(() => client.CreateAsync("client-test", spec, CancellationToken.None));
        await client.StartAsync(id, CancellationToken.None);
        Assert.Equal(3, await client.WaitAsync(id, CancellationToken.None).WaitAsync(WireClient.Deadline));
        var found = (await client.FindAsync(id, CancellationToken.None))!;
        Assert.Equal((true, 3), (found.State.IsOver, found.State.ExitCode));
        await using (var log = await client.OpenLogAsync(id, tty: false, follow: false, since: null, CancellationToken.None))
        {
            var piece = (await log.ReadAsync(CancellationToken.None))!.Value;
            Assert.Equal("hello\n", System.Text.Encoding.UTF8.GetString(piece.Data.Span));
            Assert.Null(await log.ReadAsync(CancellationToken.None));
        }

        await client.RemoveAsync(id, force: false, CancellationToken.None);
        await client.RemoveAsync(id, force: false, CancellationToken.None);
        Assert.Null(await client.FindAsync(id, CancellationToken.None));
        Assert.True((await Assert.ThrowsAsync<EngineRefusedException>(() => client.KillAsync(id, 15, CancellationToken.None))).IsMissing);
    }

    [Fact]
    public async Task Waiting_and_following_can_be_given_up()
    {
        using var client = new EngineClient(podman.Socket, TimeProvider.System);
        var id = await podman.BeginAsync("given-up", "echo here; sleep 600");
        using var cancellation = new CancellationTokenSource();
        var wait = client.WaitAsync(id, cancellation.Token);

        // podman answers with the first line.
        await using var log = await client.OpenLogAsync(id, tty: false, follow: true, since: null, cancellation.Token).WaitAsync(WireClient.Deadline);
        Assert.NotNull(await log.ReadAsync(cancellation.Token).AsTask().WaitAsync(WireClient.Deadline));
        var read = log.ReadAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WaitAsync(WireClient.Deadline));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(WireClient.Deadline));
    }

    [Fact]
    public async Task Nobody_at_a_socket_is_told_by_its_path_and_why()
    {
        var place = Directory.CreateTempSubdirectory("ovsock-").FullName;
        var path = Path.Combine(place, "s");
        using (var client = new EngineClient(path, TimeProvider.System))
        {
            Assert.Equal($"container engine at {path}: cannot connect: no such file or directory (ENOENT)", (await Assert.ThrowsAsync<EngineUnreachableException>(() => client.PingAsync(CancellationToken.None))).Message);
            await File.WriteAllTextAsync(path, "");
            Assert.Equal($"container engine at {path}: cannot connect: connection refused (ECONNREFUSED)", (await Assert.ThrowsAsync<EngineUnreachableException>(() => client.PingAsync(CancellationToken.None))).Message);
        }

        Directory.Delete(place, recursive: true);
    }
}
