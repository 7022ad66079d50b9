using Overseer.Hosting;

namespace Overseer.Cli.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("bogus", "there is no command 'bogus'")]
    [InlineData("start", "start --help")]
    [InlineData("start a b", "start --help")]
    [InlineData("start a --nope", "start --help")]
    [InlineData("start a -p x", "NAME=VALUE")]
    [InlineData("start a -p =x", "NAME=VALUE")]
    [InlineData("start a -p x=1 -p x=2", "given twice")]
    [InlineData("ps --state dead", "ps --help")]
    [InlineData("ps --host ftp://x", "no address of a server")]
    [InlineData("logs", "logs --help")]
    [InlineData("logs t -n many", "logs --help")]
    [InlineData("logs t -n -1", "0 or more")]
    [InlineData("logs t --since-seq 0", "1 or more")]
    [InlineData("logs t -n 1 --since-seq 1", "exclude each other")]
    [InlineData("journal export t --format x", "export --help")]
    [InlineData("journal export t --from-seq 0", "1 or more")]
    [InlineData("journal export t --format raw --from-seq 2", "raw bytes have no lines")]
    [InlineData("stop", "stop --help")]
    [InlineData("stop t --grace soon", "a duration")]
    [InlineData("start a --retry-threshold -1", "0 or more")]
    [InlineData("start a --retry-backoff 0.5", "1 or more")]
    [InlineData("start a --retry-delay never", "a duration")]
    [InlineData("start a --retry-on success", "start --help")]
    [InlineData("wait", "wait --help")]
    [InlineData("wait t --timeout soon", "a duration")]
    [InlineData("events --since soon", "a time such as")]
    [InlineData("pool a --all", "exclude each other")]
    [InlineData("pool set a", "nothing to change")]
    [InlineData("pool set a --limit -1", "0 or more")]
    [InlineData("pool set a --excess keep", "set --help")]
    [InlineData("purge", "--all")]
    [InlineData("purge a --all", "exclude each other")]
    [InlineData("metrics --action a --task t", "exclude each other")]
    [InlineData("reset-task", "reset-task --help")]
    [InlineData("input", "input --help")]
    [InlineData("completion tcsh", "completion --help")]
    [InlineData("validate", "validate --help")]
    [InlineData("serve --log-level loud", "serve --help")]
    public async Task Wrong_usage_is_one_line_and_code_121(string line, string part)
    {
        CommandRun run = await CommandRun.Run(line.Split(' '));

        Assert.Equal(ExitCodes.Usage, run.Code);
        Assert.Empty(run.Out);
        Assert.StartsWith("overseer: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(part, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("")]
    public async Task Help_lists_the_commands_and_exit_codes_on_stdout_but_not_the_recorder(string line)
    {
        CommandRun run = await CommandRun.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(ExitCodes.Ok, run.Code);
        Assert.All(["serve", "start", "ps", "logs", "stop", "wait", "events", "pool", "actions", "journal", "validate", "version", "127"], word => Assert.Contains(word, run.Out, StringComparison.Ordinal));
        Assert.DoesNotContain("recorder", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("__complete", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_of_a_command_describes_its_options()
    {
        CommandRun run = await CommandRun.Run(["start", "--help"]);

        Assert.Equal(ExitCodes.Ok, run.Code);
        Assert.All(["--param", "--follow", "--task-id", "--host", "--runtime-dir", "--json"], word => Assert.Contains(word, run.Out, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("version")]
    [InlineData("--version")]
    public async Task Version_is_one_line(string line)
    {
        CommandRun run = await CommandRun.Run([line]);

        Assert.Equal(ExitCodes.Ok, run.Code);
        Assert.Matches(@"^overseer \d+\.\d+\.\d+\S*( \([0-9a-f]+\))?\n$", run.Out);
    }

    [Fact]
    public async Task No_server_is_code_123_and_says_how_to_start_one()
    {
        CommandRun run = await CommandRun.Run(["ps", "--host", "unix:/nowhere/overseer.sock"]);

        Assert.Equal(ExitCodes.Unreachable, run.Code);
        Assert.Equal("overseer: no server is running at unix:/nowhere/overseer.sock; start one with: overseer serve\n", run.Error);
    }

    [Fact]
    public async Task The_host_may_come_from_the_environment_and_a_flag_wins_over_it()
    {
        (string, string) host = ("OVERSEER_HOST", "unix:/from/environment");

        Assert.Contains("unix:/from/environment", (await CommandRun.Run(["ps"], variables: host)).Error, StringComparison.Ordinal);
        Assert.Contains("unix:/from/flag", (await CommandRun.Run(["ps", "--host", "unix:/from/flag"], variables: host)).Error, StringComparison.Ordinal);
        Assert.Contains("unix:/from/dir/overseer.sock", (await CommandRun.Run(["ps", "--runtime-dir", "/from/dir"], variables: host)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_names_what_is_wrong()
    {
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "actions:\n  a:\n    type: exec\n    config: {entrypont: echo}\n");
        CommandRun run = await CommandRun.Run(["validate", "--config", file]);
        Assert.Equal(ExitCodes.Configuration, run.Code);
        Assert.Contains($"{file}:4", run.Error, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, "actions:\n  a:\n    type: exec\n    config: {entrypoint: echo}\n");
        run = await CommandRun.Run(["validate", "--config", file]);
        Assert.Equal((ExitCodes.Ok, $"{file}: valid\n"), (run.Code, run.Out));
        File.Delete(file);

        Assert.Equal(ExitCodes.Configuration, (await CommandRun.Run(["validate", "--config", file])).Code);
    }
}
