using System.Net.WebSockets;
using Overseer.Server.Tests.Harness;
using static Overseer.Server.Tests.Reloading.Reloads;

namespace Overseer.Server.Tests.Reloading;

/// <summary>Who may come in, and what he may do, as another configuration says.</summary>
public sealed class ReloadTrustTests
{
    private const string Admin = "admin-token-that-nobody-guesses-0123456789";
    private const string Reader = "reader-token-that-nobody-guesses-012345678";

    [Fact]
    public async Task Tokens_that_come_and_go_hold_at_once_and_the_audit_names_who_reloaded()
    {
        await using var server = await RunningServer.StartAsync(place => Yaml($"audit_file: {place}/audit.jsonl", Action("a")));
        await using var owner = await server.ConnectUnixAsync();
        await using var former = await server.ConnectAsync();
        var answer = await server.ReloadAsync(owner, Yaml(
            $"audit_file: {server.PathOf("audit.jsonl")}\ntokens:\n  - {{name: root, token: {Admin}, scopes: admin}}\n  - {{name: eyes, token: {Reader}, scopes: read}}",
            Action("a")));
        Assert.Equal(["tokens changed"], answer.Texts("changes"));
        Assert.DoesNotContain(Admin, answer.Json.GetRawText(), StringComparison.Ordinal);

        // Who came in when none was needed has to show one now.
        await Assert.ThrowsAsync<TimeoutException>(async () => await former.UntilAsync("end", _ => false));
        Assert.Equal(WebSocketState.CloseReceived, former.Socket.State);
        await using var reader = await WireClient.ConnectAsync(server.EndPoint, ("Authorization", $"Bearer {Reader}"));
        Assert.StartsWith("not allowed", (await reader.ReloadAsync()).Message, StringComparison.Ordinal);
        await using var admin = await WireClient.ConnectAsync(server.EndPoint, ("Authorization", $"Bearer {Admin}"));
        Assert.Equal("reloaded", (await admin.ReloadAsync()).Type);

        await server.ReloadAsync(owner, Yaml($"audit_file: {server.PathOf("audit.jsonl")}", Action("a")));
        await using var again = await server.ConnectAsync();
        Assert.Equal("started", (await again.StartAsync("a", "t", "")).Type);
        var audit = await AuditAsync(server.PathOf("audit.jsonl"), 4);
        Assert.Equal(2, audit.Count(line => line.Contains("\"reload\"", StringComparison.Ordinal) && line.Contains("uid 0 (unix socket)", StringComparison.Ordinal)));
        Assert.Single(audit, line => line.Contains("\"reload\"", StringComparison.Ordinal) && line.Contains("token \\\"root\\\"", StringComparison.Ordinal));
        Assert.Single(audit, line => line.Contains("\"reload\"", StringComparison.Ordinal) && line.Contains("token \\\"eyes\\\"", StringComparison.Ordinal));
    }

    /// <summary>The lines about reloads, when there are that many.</summary>
    private static async Task<IReadOnlyList<string>> AuditAsync(string file, int reloads)
    {
        using var deadline = new CancellationTokenSource(WireClient.Deadline);
        while (true)
        {
            using var log = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var text = new StreamReader(log);
            var lines = (await text.ReadToEndAsync(deadline.Token)).Split('\n').Where(line => line.Contains("\"reload\"", StringComparison.Ordinal)).ToList();
            if (lines.Count >= reloads)
            {
                return lines;
            }

            await Task.Delay(20, deadline.Token);
        }
    }
}
