using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Transports;

/// <summary>A server that is out of descriptors.</summary>
public sealed class DescriptorTests : IDisposable
{
    private const string OutOfDescriptors = "the server is out of descriptors (open files)";
    private readonly string _place = Directory.CreateTempSubdirectory("overseer-files-").FullName;

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Fact]
    public async Task It_turns_away_who_comes_does_not_spin_and_goes_on_when_there_are_some_again()
    {
        await using var server = Begin(ServerProcess.Program);
        var address = new IPEndPoint(IPAddress.Loopback, await server.ReadyAsync());
        await using var client = await WireClient.ConnectAsync(address);
        Assert.Empty(await client.ListAsync());

        // No more than it has open now, but for holes between them.
        Limit(server.Id, Directory.GetFileSystemEntries($"/proc/{server.Id}/fd").Max(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)) + 1);
        var held = await TakeAllAsync(address);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(OutOfDescriptors, await AskAsync(address));
        }

        // Whoever is in is served, and waiting costs nothing.
        var before = Processor(server.Id);
        await Task.Delay(2000);
        var used = Processor(server.Id) - before;
        Assert.True(used < TimeSpan.FromSeconds(1), $"2 s of waiting took {used.TotalSeconds} s of a processor");
        Assert.Empty(await client.ListAsync());
        held.ForEach(socket => socket.Dispose());

        Limit(server.Id, 1024);
        await using var next = await WireClient.ConnectAsync(address);
        Assert.Equal("started", (await next.StartShellAsync("t", "exit 0")).Type);
        server.Signal("TERM");
        var (code, _, error) = await server.EndAsync();
        Assert.Equal(0, code);
        Assert.Contains("No connection can be accepted on 127.0.0.1:", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_never_take_those_of_the_tasks()
    {
        await using var server = Begin("prlimit", "--nofile=1000:1000", ServerProcess.Program);
        var address = new IPEndPoint(IPAddress.Loopback, await server.ReadyAsync());
        var held = new List<Socket>();
        for (var i = 0; i < 800; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            held.Add(socket);
            try
            {
                await socket.ConnectAsync(address);
            }
            catch (SocketException)
            {
                // One too many, and too many of these already.
            }
        }

        await using var owner = await WireClient.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(_place, "run", "overseer.sock")));
        Assert.Equal("started", (await owner.StartShellAsync("t", "echo here")).Type);
        Assert.Equal("here", (await owner.ExpectAsync("output", "t")).Data);
        held.ForEach(socket => socket.Dispose());
        server.Signal("TERM");
        Assert.Contains("a quarter is for connections: 250", (await server.EndAsync()).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_crowd_that_comes_at_once_never_takes_them_either()
    {
        await using var server = Begin("prlimit", "--nofile=600:600", ServerProcess.Program);
        var address = new IPEndPoint(IPAddress.Loopback, await server.ReadyAsync());

        // They all wait when the server looks again: as many as its backlog takes, and more than it has descriptors left.
        server.Signal("STOP");
        var held = new List<Socket>();
        try
        {
            for (var i = 0; i < 500; i++)
            {
                held.Add(new Socket(SocketType.Stream, ProtocolType.Tcp));
                await held[i].ConnectAsync(address);
            }
        }
        finally
        {
            server.Signal("CONT");
        }

        await using var owner = await WireClient.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(_place, "run", "overseer.sock")));
        Assert.Equal("started", (await owner.StartShellAsync("t", "echo here")).Type);
        Assert.Equal("here", (await owner.ExpectAsync("output", "t")).Data);
        held.ForEach(socket => socket.Dispose());
        server.Signal("TERM");
        var (code, _, error) = await server.EndAsync();
        Assert.Equal(0, code);
        Assert.DoesNotContain("No connection can be accepted", error, StringComparison.Ordinal);
    }

    /// <summary>Connects and says nothing, until somebody is turned away.</summary>
    private static async Task<List<Socket>> TakeAllAsync(IPEndPoint address)
    {
        var held = new List<Socket>();
        while (await AskAsync(address) != OutOfDescriptors)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(address);
            held.Add(socket);
            Assert.True(held.Count < 500, "it never ran out");
        }

        return held;
    }

    /// <summary>The last line that the server says to a request.</summary>
    private static async Task<string> AskAsync(IPEndPoint address)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address);
        using var reader = new StreamReader(new NetworkStream(socket), Encoding.ASCII);
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        try
        {
            await socket.SendAsync("GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray());
            return (await reader.ReadToEndAsync(deadline.Token)).Split("\r\n").Last();
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return e.Message;
        }
    }

    private ServerProcess Begin(params string[] program)
    {
        var config = Path.Combine(_place, "overseer.yaml");
        File.WriteAllText(config, RunningServer.Shell);
        return ServerProcess.Begin(
            [.. program, "serve", "--config", config, "--listen", "127.0.0.1:0", "--state-dir", Path.Combine(_place, "state"), "--runtime-dir", Path.Combine(_place, "run")]);
    }

    private static void Limit(int pid, int descriptors)
    {
        using var prlimit = Process.Start("prlimit", [$"--pid={pid}", string.Create(CultureInfo.InvariantCulture, $"--nofile={descriptors}:")]);
        prlimit.WaitForExit();
        Assert.Equal(0, prlimit.ExitCode);
    }

    private static TimeSpan Processor(int pid)
    {
        var fields = File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1].Split(' ');
        return TimeSpan.FromSeconds((long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / 100.0);
    }
}
