using System.Diagnostics;
using Overseer.Cli.Commands;
using Overseer.Client.Tests;

namespace Overseer.Cli.Tests;

/// <summary>What can follow, asked as the scripts ask; and the scripts in their shells, with a real server.</summary>
public sealed class CompletionTests
{
    private const string Configuration = """
        actions:
          say:
            type: exec
            meta: {description: says something}
            config: {entrypoint: sh, command: ["-c", "exit 0"], parameters: {mode: {default: fast, enum: [fast, full]}, text: }}
          tick:
            type: exec
            config: {entrypoint: sleep, command: ["1000"]}
        """;

    [Theory]
    [InlineData("ser", "serve")]
    [InlineData("ps --st", "--state")]
    [InlineData("ps --state ", "active errored queued stopped")]
    [InlineData("ps --state=a", "--state=active")]
    [InlineData("ps --state a", "active")]
    [InlineData("pool s", "set")]
    [InlineData("pool set --excess-o", "--excess-order")]
    [InlineData("journal ex", "export")]
    [InlineData("journal export --config x --st", "--state-dir --stdout --stderr")]
    [InlineData("completion ", "bash fish zsh")]
    [InlineData("completion bash ", "")]
    [InlineData("start -- --", "")]
    [InlineData("nothing ", "")]
    public async Task What_needs_no_server_is_known_without_one(string line, string expected)
    {
        CommandRun run = await CommandRun.Run(["__complete", .. line.Split(' ')], variables: ("OVERSEER_HOST", "unix:/nowhere/overseer.sock"));

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal), Words(run.Out).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_command_is_offered()
        => Assert.Equal(CommandTree.Names.Split(", ").Order(StringComparer.Ordinal), Words((await CommandRun.Run(["__complete", ""])).Out).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("serve --config ", "files")]
    [InlineData("validate -c x", "files")]
    [InlineData("ps --runtime-dir ", "dirs")]
    [InlineData("ps ", "")]
    public async Task Where_files_go_the_shell_completes_them(string line, string flags)
    {
        CommandRun run = await CommandRun.Run(["__complete", .. line.Split(' ')]);

        Assert.Equal(flags + "\n", run.Out);
    }

    [Theory]
    [InlineData("stop ", "web")]
    [InlineData("stop web ", "")]
    [InlineData("wait ", "web")]
    [InlineData("logs ", "build-1 ci web worker")]
    [InlineData("logs w", "web worker")]
    [InlineData("reset-task ", "worker")]
    [InlineData("events --task b", "build-1")]
    public async Task Tasks_are_those_that_the_command_is_for(string line, string expected)
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.AcceptAsync();
            await peer.SendAsync(Messages.Tasks(
                (await peer.ExpectAsync("list")).Id,
                Messages.Task("build-1", 1, exit: 2, name: "ci"), Messages.Task("web", 2, "active", "running"), Messages.Task("worker", 3, "errored")));
            await peer.UntilGoneAsync();
        });
        string[] words = line.Split(' ');
        CommandRun run = await CommandRun.Run(["__complete", words[0], "--host", server.Endpoint.Text, .. words[1..]]);

        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), Words(run.Out).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_not_waited_for()
    {
        await using var server = new ScriptedServer(peer => peer.UntilGoneAsync());
        var clock = Stopwatch.StartNew();
        CommandRun run = await CommandRun.Run(["__complete", "stop", "--host", server.Endpoint.Text, ""]);

        Assert.Equal((0, "\n", ""), (run.Code, run.Out, run.Error));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, ScriptedServer.Deadline);
    }

    [Fact]
    public async Task In_bash_words_are_completed_whole_though_readline_breaks_them()
    {
        await using LiveServer server = await FilledServerAsync();
        string[] lines = await ScriptAsync(server, "bash", ["--norc"], """
            source <(overseer completion bash)
            try() {
                COMP_LINE=$1 COMP_POINT=${#1}
                shift
                COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
                _overseer
                printf '%s|' "${COMPREPLY[@]}"
                echo
            }
            complete -p overseer
            try 'overseer sto' overseer sto
            try 'overseer stop ' overseer stop ''
            try 'overseer stop t:' overseer stop t :
            try 'overseer stop od' overseer stop od
            try 'overseer start ' overseer start ''
            try 'overseer start say -p ' overseer start say -p ''
            try 'overseer start say -p mode=' overseer start say -p mode = ''
            try 'overseer start say -p mode=fu' overseer start say -p mode = fu
            try 'overseer ps --state=a' overseer ps --state = a
            try "overseer serve --config $HOME/overseer.y" overseer serve --config "$HOME/overseer.y"
            """);

        Assert.Equal(
            ["complete -F _overseer overseer", "stop|", @"t:1|odd\ task|", "1|", @"odd\ task|", "say|tick|", "mode=|text=|", "fast|full|", "full|", "active|", $"{server.Configuration}|"],
            lines);
    }

    [Fact]
    public async Task In_zsh_a_word_is_completed_at_the_prompt()
    {
        await using LiveServer server = await FilledServerAsync();
        string[] lines = await ScriptAsync(server, "zsh", ["-f"], """
            zmodload zsh/zpty
            zpty z 'zsh -f -i'
            zpty -w z "PS1=; autoload -Uz compinit; compinit -u -d $HOME/zcompdump; source <(overseer completion zsh)"
            zpty -w z 'show() { print -r -- "BUF""<$BUFFER>"; BUFFER= }; zle -N show; bindkey "^X" show; print LOA""DED'
            zpty -r -m z out '*LOADED*'
            try() {
                zpty -w -n z $1$'\t\x18'
                zpty -r -m z out '*BUF<*>*'
                print -r -- "${${out##*BUF<}%%>*}"
            }
            try 'overseer sto'
            try 'overseer stop t'
            try 'overseer stop od'
            try 'overseer start say -p mo'
            try 'overseer start say -p mode=fu'
            try 'overseer ps --state=er'
            zpty -d z
            """);

        Assert.Equal(["overseer stop ", "overseer stop t:1 ", @"overseer stop odd\ task ", "overseer start say -p mode=", "overseer start say -p mode=full ", "overseer ps --state=errored "], lines);
    }

    [Fact]
    public async Task In_fish_candidates_come_with_what_they_mean()
    {
        await using LiveServer server = await FilledServerAsync();
        string[] lines = await ScriptAsync(server, "fish", ["--no-config"], """
            overseer completion fish | source
            complete -C 'overseer sto'
            complete -C 'overseer stop t'
            complete -C 'overseer stop od'
            complete -C 'overseer start s'
            complete -C 'overseer start say -p mode='
            complete -C "overseer serve --config $HOME/overseer.y"
            """);

        Assert.Equal(
            ["stop\tStop tasks, with everything they started, and wait until they have ended.", "t:1\ttick, active", "odd task\ttick, active", "say\tsays something", "mode=fast", "mode=full", server.Configuration],
            lines);
    }

    private static async Task<LiveServer> FilledServerAsync()
    {
        LiveServer server = await LiveServer.StartAsync(Configuration);
        await server.AskAsync("start", "tick", "--task-id", "t:1");
        await server.AskAsync("start", "tick", "--task-id", "odd task");
        return server;
    }

    /// <summary>Runs a script and gives the lines it printed. A missing shell is a failure: scripts/test installs them.</summary>
    private static async Task<string[]> ScriptAsync(LiveServer server, string shell, string[] options, string script)
    {
        string file = server.PathOf("script." + shell);
        await File.WriteAllTextAsync(file, script);
        using Process process = server.BeginProgram(shell, [.. options, file]);
        LiveServer.Result result = await LiveServer.ResultOfAsync(process);
        Assert.True(result.Code == 0, $"{shell} ended with {result.Code}: {result.Error}");
        return result.Out.TrimEnd('\n').Split('\n');
    }

    private static IEnumerable<string> Words(string answer) => answer.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')[0]);
}
