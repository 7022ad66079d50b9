using System.Diagnostics;
using System.Globalization;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Faults;

/// <summary>The server as process 1 of a pid namespace, as in a container.</summary>
public sealed class FirstProcessTests
{
    [Fact]
    public async Task Orphans_are_reaped_exit_codes_are_right_and_SIGTERM_ends_it_with_code_0()
    {
        await using var site = new Site();
        var unshare = await site.StartAsync("unshare", "--pid", "--fork", "--kill-child", "--mount-proc");
        var server = Assert.Single(ChildrenOf(unshare.Id));
        var space = NamespaceOf(server)!;
        await using var client = await site.ConnectAsync();

        for (var i = 0; i < 20; i++)
        {
            await client.StartShellAsync($"t{i}", $"for n in 1 2 3 4 5 6 7 8 9 10; do (setsid sh -c 'exit 3' &); done; exit {i}");
            Assert.Equal(i, (await client.ExpectAsync("exited", $"t{i}")).ExitCode);
        }

        await NobodyLeftAsync(space, except: ProcessesIn(space).Where(pid => StateOf(pid) != 'Z').Where(IsOurs).ToHashSet());

        await client.StartShellAsync("last", "(setsid sleep 1000 &); echo up; exec sleep 1000");
        await client.ExpectAsync("output", "last");
        Site.Kill("TERM", server);
        var (code, _, error) = await unshare.EndAsync();

        Assert.True(code == 0, error);
        Assert.Empty(ProcessesIn(space));
    }

    /// <summary>Nobody tells when an orphan is reaped, so this looks again and again.</summary>
    private static async Task NobodyLeftAsync(string space, HashSet<int> except)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (ProcessesIn(space).Where(pid => !except.Contains(pid)).ToList() is { Count: > 0 } left)
        {
            Assert.False(deadline.IsCancellationRequested, $"still there: {string.Join(", ", left.Select(pid => $"{pid} {StateOf(pid)}"))}");
            await Task.Delay(20);
        }
    }

    private static bool IsOurs(int pid) => ReadOrNull($"/proc/{pid}/cmdline")?.StartsWith(ServerProcess.Program, StringComparison.Ordinal) == true;

    private static List<int> ProcessesIn(string space) => [.. Pids().Where(pid => NamespaceOf(pid) == space)];

    private static List<int> ChildrenOf(int parent) => [.. Pids().Where(pid => Fields(pid) is { } fields && fields[1] == parent.ToString(CultureInfo.InvariantCulture))];

    private static char? StateOf(int pid) => Fields(pid)?[0][0];

    private static string[]? Fields(int pid) => ReadOrNull($"/proc/{pid}/stat") is { } stat ? stat[(stat.LastIndexOf(')') + 2)..].Split(' ') : null;

    private static string? NamespaceOf(int pid)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/ns/pid").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<int> Pids() =>
        Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => char.IsAsciiDigit(name![0])).Select(name => int.Parse(name!, CultureInfo.InvariantCulture));

    private static string? ReadOrNull(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
