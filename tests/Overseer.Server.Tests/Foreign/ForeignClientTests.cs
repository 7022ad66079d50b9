using System.Globalization;
using Overseer.Server.Tests.Harness;

namespace Overseer.Server.Tests.Foreign;

/// <summary>
/// Programs in other languages, with the WebSocket libraries of those, have the main conversation with a server, and those of clients of the older
/// profiles. What each of them received, step by step, is <c>conversation.jsonl</c> and <c>classic.jsonl</c>, whole messages but for times and pids.
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

    private const string AnyCommand = "commands: any";

    [Fact]
    public Task The_package_ws_of_Node_has_the_main_conversation() => ConversationAsync(Configuration, "conversation.jsonl", "node", ForeignProgram.Source("conversation.js"));

    [Fact]
    public Task The_package_ws_of_Node_has_the_conversations_of_older_clients() => ConversationAsync(AnyCommand, "classic.jsonl", "node", ForeignProgram.Source("classic.js"));

    /// <remarks>The system's Python: packages of the distribution are installed for no other one.</remarks>
    [Fact]
    public Task The_package_websockets_of_Python_has_the_main_conversation() => ConversationAsync(Configuration, "conversation.jsonl", "/usr/bin/python3", "-B", ForeignProgram.Source("conversation.py"));

    [Fact]
    public Task The_package_websockets_of_Python_has_the_conversations_of_older_clients() => ConversationAsync(AnyCommand, "classic.jsonl", "/usr/bin/python3", "-B", ForeignProgram.Source("classic.py"));

    private static async Task ConversationAsync(string configuration, string steps, string program, params string[] arguments)
    {
        await using var server = await RunningServer.StartAsync(configuration);

        var (code, output, error) = await ForeignProgram.RunAsync(program, [.. arguments, server.Port.ToString(CultureInfo.InvariantCulture)]);

        // Line by line, so that a difference says in which step it is; the exit code last, as the steps tell more.
        Assert.Equal("", error);
        var expected = await File.ReadAllLinesAsync(ForeignProgram.Source(steps));
        var printed = output.TrimEnd('\n').Split('\n');
        Assert.All(expected.Zip(printed), step => Assert.Equal(step.First, step.Second));
        Assert.Equal((expected.Length, 0), (printed.Length, code));
    }
}
