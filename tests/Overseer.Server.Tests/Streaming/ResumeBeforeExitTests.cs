using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Streaming;

/// <summary>A client that was cut off between the last line of a run and its exit.</summary>
public sealed class ResumeBeforeExitTests
{
    [Theory]
    [InlineData("echo 1; echo 2", 3)]
    [InlineData("exit 0", 1)]
    public async Task A_client_that_resumes_behind_the_last_line_is_told_of_the_exit(string script, int nextSeq)
    {
        await using var server = await RunningServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.StartShellAsync("t", script);
        var exited = await client.ExpectAsync("exited", "t");

        await using var again = await server.ConnectAsync();
        var subscribed = await again.AskAsync("subscribe", ("task_id", "t"), ("from_seq", nextSeq));

        Assert.Equal(nextSeq, subscribed.Number("next_seq"));
        Assert.Equal(exited.ToString(), (await again.ReadAsync()).ToString());
    }
}
