using System.Diagnostics;
using System.Runtime.CompilerServices;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Containers;

/// <summary>examples/agents.yaml as it is written, with the commands of docs/containers.md. Only the image is another, as the tests have no network.</summary>
[Collection(nameof(WithPodman))]
public sealed class AgentsSampleTests(Podman podman)
{
    private static readonly string[] Work = ["login:Fix the login", "help:Translate the help", "libraries:Update the libraries"];

    [Fact]
    public async Task Agents_are_started_in_parallel_watched_in_one_viewer_and_stopped_from_the_command_line()
    {
        var place = Directory.CreateTempSubdirectory("ovagents-").FullName;
        var run = Path.Combine(place, "run");
        var server = ServerProcess.Begin(
            "env", $"DOCKER_HOST=unix://{podman.Socket}", ServerProcess.Program, "serve", "--config", Example(), "--listen", "127.0.0.1:0", "--state-dir", Path.Combine(place, "state"), "--runtime-dir", run);
        await using (server)
        {
            await server.ReadyAsync();
            foreach (var work in Work)
            {
                var (id, task) = (work.Split(':')[0], work.Split(':')[1]);
                await OverseerAsync("start", "agent", "-p", $"repository=https://example.com/{id}.git", "-p", $"task={task}", "-p", "steps=9999", "-p", "api_key=k-123", "-p", $"image={Podman.Image}", "--task-id", id);
            }

            using var viewer = Begin("logs", "-f", "%agents");
            var seen = new List<string>();
            foreach (var work in Work) await SeeAsync(viewer, seen, line => line.Contains("step 2 of 9999: " + work.Split(':')[1], StringComparison.Ordinal));
            var again = await RunAsync("start", "agent", "-p", "repository=https://example.com/login.git", "-p", "task=Fix the login", "-p", $"image={Podman.Image}");
            Assert.NotEqual(0, again.Code);
            Assert.NotEqual(0, (await RunAsync("start", "agent", "-p", "repository=x", "-p", "task=y", "-p", "steps=; rm -rf /")).Code);

            await OverseerAsync("stop", "login");
            await SeeAsync(viewer, seen, line => line.Contains(": Fix the login", StringComparison.Ordinal) && line.Contains("saved after step", StringComparison.Ordinal));
            await OverseerAsync("stop", "%agents");
            foreach (var work in Work.Skip(1)) await SeeAsync(viewer, seen, line => line.Contains("saved after step", StringComparison.Ordinal) && line.Contains(work.Split(':')[1], StringComparison.Ordinal));
            using (var interrupt = Process.Start("kill", ["-INT", $"{viewer.Id}"])) await interrupt.WaitForExitAsync().WaitAsync(WireClient.Deadline);
            await viewer.WaitForExitAsync().WaitAsync(WireClient.Deadline);
            Assert.DoesNotContain("k-123", await OverseerAsync("ps", "--json"), StringComparison.Ordinal);
        }

        foreach (var work in Work) await podman.NoneOfTaskAsync(work.Split(':')[0]);
        await ServerProcess.NobodyLeftAsync(place);
        Directory.Delete(place, recursive: true);

        Process Begin(params string[] arguments)
        {
            var start = new ProcessStartInfo(ServerProcess.Program, [.. arguments, "--runtime-dir", run]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
            return Process.Start(start)!;
        }

        async Task<(int Code, string Out, string Error)> RunAsync(params string[] arguments)
        {
            using var process = Begin(arguments);
            var said = process.StandardOutput.ReadToEndAsync();
            var complained = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(WireClient.Deadline);
            return (process.ExitCode, await said, await complained);
        }

        async Task<string> OverseerAsync(params string[] arguments)
        {
            var (code, said, complained) = await RunAsync(arguments);

            // A stop waits for the end, and passes on how it ended.
            Assert.True(code == 0 || arguments[0] == "stop", $"{string.Join(' ', arguments)}: code {code}: {complained}");
            return said;
        }
    }

    /// <summary>Reads what the viewer prints until there is such a line, now or before.</summary>
    private static async Task SeeAsync(Process viewer, List<string> seen, Func<string, bool> wanted)
    {
        while (!seen.Any(wanted))
        {
            var line = await viewer.StandardOutput.ReadLineAsync().WaitAsync(WireClient.Deadline);
            Assert.True(line is not null, "the viewer ended; it saw:\n" + string.Join('\n', seen));
            seen.Add(line);
        }
    }

    private static string Example([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../examples/agents.yaml"));
}
