using System.Diagnostics;
using Overseer.Hosting;

namespace Overseer.Cli.Tests;

/// <summary>Tasks named by a tag or a group, with the built program and a real server.</summary>
public sealed class LabelTests : IAsyncLifetime
{
    private const string Configuration = """
        actions:
          web:
            type: exec
            tags: [web]
            groups: [prod]
            config: {entrypoint: sh, command: ["-c", "echo hello; echo from; exec sleep 1000"]}
          job:
            type: exec
            tags: [job]
            config: {entrypoint: sh, command: ["-c", "echo $0; exit $0", "[[.code]]"], parameters: {code: }}
        """;

    private LiveServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await LiveServer.StartAsync(Configuration);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_tag_stops_all_that_have_it_and_leaves_the_others()
    {
        await _server.AskAsync("start", "web", "--task-id", "a");
        await _server.AskAsync("start", "web", "--task-id", "b");
        await _server.AskAsync("start", "web", "--task-id", "c");
        await _server.AskAsync("stop", "a");

        Assert.Equal("\n@web\n", await _server.AskAsync("__complete", "stop", "@w"));
        Assert.Equal("\n%prod\n", await _server.AskAsync("__complete", "logs", "%"));

        LiveServer.Result result = await _server.RunAsync("stop", "%prod");

        Assert.Equal(0, result.Code);
        Assert.Equal(["overseer: stopped b (SIGTERM)", "overseer: stopped c (SIGTERM)"], result.Error.TrimEnd('\n').Split('\n').Order(StringComparer.Ordinal));
        Assert.Equal((ExitCodes.NotFound, "overseer: all of these tasks have ended\n"), await CodeAndErrorAsync("stop", "@web"));
        Assert.Equal((ExitCodes.NotFound, "overseer: there is no task with the group 'nowhere'; overseer ps --wide shows labels\n"), await CodeAndErrorAsync("stop", "%nowhere"));
    }

    [Fact]
    public async Task Logs_of_several_name_the_task_in_each_line()
    {
        await _server.AskAsync("start", "job", "-p", "code=0", "--task-id", "x", "-f");
        await _server.RunAsync("start", "job", "-p", "code=3", "--task-id", "y", "--name", "last", "-f");

        Assert.Equal("x | 0\nlast | 3\n", await _server.AskAsync("logs", "@job"));
        Assert.Equal((3, "x | 0\nlast | 3\n"), await CodeAndOutAsync("logs", "x", "y", "-f"));
        Assert.Equal(3, (await _server.RunAsync("wait", "@job")).Code);
    }

    [Fact]
    public async Task A_label_is_followed_with_those_that_begin_later_from_their_first_line_on()
    {
        await _server.AskAsync("start", "job", "-p", "code=0", "--task-id", "first", "-f");
        using Process follow = _server.Begin("logs", "-f", "@web", "@job");
        Assert.Equal("first | 0", await LiveServer.LineOfAsync(follow));

        await _server.AskAsync("start", "web", "--task-id", "w");
        Assert.Equal("w | hello", await LiveServer.LineOfAsync(follow));
        Assert.Equal("w | from", await LiveServer.LineOfAsync(follow));
        await _server.RunAsync("start", "job", "-p", "code=7", "--task-id", "first", "-f");
        Assert.Equal("first | 7", await LiveServer.LineOfAsync(follow));

        LiveServer.Signal(follow, "INT");
        Assert.Equal(0, (await LiveServer.ResultOfAsync(follow)).Code);
    }

    private async Task<(int, string)> CodeAndErrorAsync(params string[] arguments) => await _server.RunAsync(arguments) is var result ? (result.Code, result.Error) : default;

    private async Task<(int, string)> CodeAndOutAsync(params string[] arguments)
    {
        LiveServer.Result result = await _server.RunAsync(arguments);
        return (result.Code, string.Concat(result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).OrderByDescending(line => line, StringComparer.Ordinal).Select(line => line + "\n")));
    }
}
