using System.Globalization;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Foreign;

/// <summary>
/// Programs in other languages, with the WebSocket libraries of those, have the main conversation with a server. What each of them received,
/// step by step, is <c>conversation.jsonl</c>, whole messages but for times and pids.
/// </summary>
public sealed class ForeignClientTests
{
    private const string Configuration = """
        actions:
          cat: {type: exec, config: {entrypoint: /bin/cat, stdin: pipe}}
          echo:
            type: exec
            meta: {description: Says what it is told.}
            config: {entrypoint: /bin/echo, command: ["[[.message]]"], parameters: {message: {default: hello}}}
          one:
            type: exec
            task_pool: {size: 1, queue_size: 2}
            config: {entrypoint: sleep, command: ["1000"]}
          sh:
            type: exec
            config: {entrypoint: sh, command: ["-c", "[[.script]]"], parameters: {script: }}
        """;

    [Fact]
    public Task The_package_ws_of_Node_has_the_main_conversation() => ConversationAsync("node", ForeignProgram.Source("conversation.js"));

    /// <remarks>The system's Python: packages of the distribution are installed for no other one.</remarks>
    [Fact]
    public Task The_package_websockets_of_Python_has_the_main_conversation() => ConversationAsync("/usr/bin/python3", "-B", ForeignProgram.Source("conversation.py"));

    private static async Task ConversationAsync(string program, params string[] arguments)
    {
        await using var server = await RunningServer.StartAsync(Configuration);

        var (code, output, error) = await ForeignProgram.RunAsync(program, [.. arguments, server.Port.ToString(CultureInfo.InvariantCulture)]);

        // Line by line, so that a difference says in which step it is; the exit code last, as the steps tell more.
        Assert.Equal("", error);
        var expected = await File.ReadAllLinesAsync(ForeignProgram.Source("conversation.jsonl"));
        var steps = output.TrimEnd('\n').Split('\n');
        Assert.All(expected.Zip(steps), step => Assert.Equal(step.First, step.Second));
        Assert.Equal((expected.Length, 0), (steps.Length, code));
    }
}
