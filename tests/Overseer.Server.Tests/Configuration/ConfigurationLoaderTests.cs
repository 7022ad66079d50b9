using Overseer.Configuration;
using Overseer.Core.Configuration;
using Overseer.Core.Pools;
using Overseer.Core.Tasks;

namespace Overseer.Server.Tests.Configuration;

public sealed class ConfigurationLoaderTests : ConfigurationFixture
{
    private const string Sample = """
        listen: ":8080"        # TCP address, or "unix:/path/to/sock" for Unix socket
        db: overseer.db        # SQLite path for exit-history (optional)
        trusted_cidrs: ""      # Comma-separated IPs/CIDRs; empty = auto-detect local subnets
        log_file: ""           # Optional JSONL event log

        # Global pool defaults (overridable per-action)
        task_pool:
          size: 10             # max concurrent tasks (0 = unlimited)
          queue_size: 100      # max queued tasks
          queue_timeout: "0s"  # 0 = queue indefinitely

        retry: {}              # global retry policy; overridable per-action

        actions:
          echo:
            type: exec
            config:
              entrypoint: echo
              command: ["[[.message]]"]
              parameters:
                message:
                  default: "hello"
        """;

    [Fact]
    public void A_file_written_for_the_original_program_loads_as_it_is()
    {
        var configuration = Load(Sample);
        Assert.Equal([new ListenAddress.Tcp("", 8080)], configuration.Listen);
        Assert.Equal("overseer.db", configuration.Database);
        Assert.Null(configuration.EventLog);
        Assert.Empty(configuration.TrustedCidrs);
        Assert.Null(configuration.Retry);
        Assert.Equal(new PoolOptions { Limit = 10, QueueEnabled = true, QueueSize = 100, QueueMaxAge = TimeSpan.Zero }, configuration.TaskPool);
        var echo = Assert.Single(configuration.Actions).Definition;
        Assert.Equal(("echo", "exec", StopPolicy.Default), (echo.Name, echo.Type, echo.Stop));
        Assert.NotNull(Assert.IsType<ConfigMapping>(echo.Config).TryGet("entrypoint"));
        Assert.Equal(
        [
            "c.yaml:1: listen: :8080 can be reached from other machines, and no tokens are asked for: whoever is in trusted_cidrs may start the configured actions",
        ], WarningsOf(Sample));
    }

    [Fact]
    public void An_empty_mapping_gives_the_defaults()
    {
        var configuration = Load("{}");
        Assert.Equal([new ListenAddress.Tcp("127.0.0.1", 8080)], configuration.Listen);
        Assert.Equal(new LimitOptions(), configuration.Limits);
        Assert.Equal(TimeSpan.FromSeconds(5), configuration.LongestGrace);
        Assert.Equal(CommandsMode.None, configuration.Commands);
        Assert.Empty(WarningsOf("{}"));
    }

    [Fact]
    public void All_errors_come_at_once_in_the_order_of_the_file() => Assert.Equal(
        [
            "c.yaml:1: lisen: unknown key; did you mean listen?",
            "c.yaml:3: retry.restart_dealy: unknown key; did you mean restart_delay?",
            "c.yaml:4: retry.error_window: \"-5s\" is not a duration of 0 or more such as \"1h2m3.5s\", \"250ms\" or \"0\" (units ns us µs ms s m h)",
            "c.yaml:5: trusted_cidrs: \"10.0.0.0/40\" is neither an IP address nor a block such as \"10.0.0.0/8\" or \"fd00::/8\"",
            "c.yaml:6: on_full: \"blok\" is not allowed; allowed are drop, block (did you mean block?)",
            "c.yaml:8: limits.max_line_bytes: \"1\" is not a number of bytes from 4 to 64MiB (units KiB MiB GiB TiB, KB MB GB TB)",
            "c.yaml:10: actions.echo: type is required",
            "c.yaml:11: actions.echo.retyr: unknown key; did you mean retry?",
            "c.yaml:12: actions.bad: must be a mapping with at least type, not text",
        ],
        ErrorsOf("""
            lisen: ":8080"
            retry:
              restart_dealy: 5s
              error_window: -5s
            trusted_cidrs: "127.0.0.1, 10.0.0.0/40"
            on_full: blok
            limits:
              max_line_bytes: 1
            actions:
              echo:
                retyr: {}
              bad: exec
            """));

    [Fact]
    public void A_retry_policy_is_read_field_by_field()
    {
        var retry = Load("""
            retry: {restart_delay: 1s, restart_jitter: 250ms, error_window: 5m, error_threshold: 0, restart_on: failure, backoff_factor: 1.5, max_restart_delay: 1m}
            """).Retry;
        Assert.Equal(
            new RetryPolicy
            {
                RestartDelay = TimeSpan.FromSeconds(1),
                RestartJitter = TimeSpan.FromMilliseconds(250),
                ErrorWindow = TimeSpan.FromMinutes(5),
                ErrorThreshold = 0,
                RestartOn = RestartCondition.Failure,
                BackoffFactor = 1.5,
                MaxRestartDelay = TimeSpan.FromMinutes(1),
            }, retry);
        Assert.Null(Load("retry: {}").Retry);
        Assert.Null(Load("retry:").Retry);
        Assert.Equal(RestartCondition.Any, Load("retry: {restart_on: any}").Retry!.RestartOn);
    }

    [Fact]
    public void An_action_has_its_own_settings()
    {
        var actions = Load("""
            stop: {grace: 2s}
            actions:
              a:
                type: exec
                meta: {description: "does a", x-note: free}
                retry: {restart_delay: 1s}
                task_pool: {size: 1}
                dedupe_key: [file, other]
                stop: {signal: INT, grace: 1m}
                tags: [t1, t2]
                groups: [g]
              b: {type: exec, config: {stop: {grace: 90s}}}
              c: {type: exec}
            """).Actions;
        var a = actions[0].Definition;
        Assert.Equal(("a", "does a", 2, TimeSpan.FromMinutes(1)), (a.Name, a.Description, a.Stop.Signal, a.Stop.Grace));
        Assert.Equal(["file", "other"], a.DedupeKey);
        Assert.Equal(["t1", "t2"], a.Tags);
        Assert.Equal(["g"], a.Groups);
        Assert.Equal(TimeSpan.FromSeconds(1), a.Retry!.RestartDelay);
        Assert.Equal(1, actions[0].Pool!.Limit);
        Assert.Equal(TimeSpan.FromSeconds(90), actions[1].LongestGrace);
        Assert.Equal(TimeSpan.FromSeconds(2), actions[2].Definition.Stop.Grace);
    }

    [Fact]
    public void The_longest_grace_is_that_of_any_action() =>
        Assert.Equal(TimeSpan.FromSeconds(90), Load("actions: {a: {type: exec, stop: {grace: 90s}}, b: {type: exec}}").LongestGrace);

    [Fact]
    public void Every_feature_that_is_not_there_yet_is_named_once()
    {
        var warnings = WarningsOf("""
            listen: ["127.0.0.1:0"]
            db: x.db
            retry: {restart_delay: 1s}
            task_pool: {size: 1}
            protocol: v1
            commands: any
            hub: {token: t, heartbeat_interval: 30s, session_timeout: 5m, max_sessions: 10}
            goproc: true
            on_full: block
            shutdown: {tasks: keep, grace: 3s}
            limits: {journal_bytes: 1GiB, total_journal_bytes: 10GiB}
            actions:
              a:
                type: exec
                retry: {error_threshold: 3}
                task_pool: {limit: 1}
            """);
        Assert.Empty(warnings);
    }

    [Theory]
    [InlineData("hub: false")]
    [InlineData("hub:")]
    [InlineData("goproc: false")]
    [InlineData("commands: none")]
    [InlineData("protocol: v2")]
    [InlineData("on_full: drop")]
    [InlineData("db: none")]
    [InlineData("durability: full")]
    [InlineData("shutdown: {tasks: stop}")]
    [InlineData("tokens: []")]
    [InlineData("log_file: ''")]
    [InlineData("log_file: events.jsonl")]
    [InlineData("retry: {x-note: none}")]
    [InlineData("task_pool: {size: 1}")]
    [InlineData("actions: {a: {type: exec, task_pool: {limit: 1, queue: {size: 5}}}}")]
    [InlineData("listen: [\"127.0.0.1:80\", \"[::1]:80\", \"localhost:81\", /tmp/x]")]
    [InlineData("actions: {a: {type: exec, dedupe_key: [x]}}")]
    [InlineData("x-anything: {retry: 5}")]
    public void What_asks_for_nothing_new_is_not_warned_about(string yaml) => Assert.Empty(WarningsOf(yaml));

    [Theory]
    [InlineData("listen: []", "c.yaml:1: listen: must name at least one address")]
    [InlineData("listen: [8080, \"8080\"]", "c.yaml:1: listen[1]: :8080 is here twice")]
    [InlineData("listen: {port: 5}", "c.yaml:1: listen: must be an address or a list of addresses, not a mapping")]
    [InlineData("allowed_origins: ['*']", "c.yaml:1: allowed_origins[0]: \"*\" is no origin such as")]
    [InlineData("allowed_origins: 'null'", "c.yaml:1: allowed_origins: \"null\" is no origin such as")]
    [InlineData("allowed_hosts: https://x", "c.yaml:1: allowed_hosts: \"https://x\" is no host such as")]
    [InlineData("tls: {certificate: x}", "c.yaml:1: tls: key is required")]
    [InlineData("commands: pinned", "c.yaml:1: commands: pinned needs the command's path")]
    [InlineData("{commands: any, command: /bin/x}", "c.yaml:1: command: pins one command, but commands is any")]
    [InlineData("durability: high", "c.yaml:1: durability: \"high\" is not allowed; allowed are normal, full")]
    [InlineData("commands: all", "c.yaml:1: commands: \"all\" is not allowed; allowed are none, pinned, owner, any")]
    [InlineData("goproc: yes", "c.yaml:1: goproc: \"yes\" is neither true nor false")]
    [InlineData("hub: {heartbeat_interval: 1ms}", "c.yaml:1: hub.heartbeat_interval: must be from 100ms to 720h")]
    [InlineData("hub: {max_sessions: 0}", "c.yaml:1: hub.max_sessions: \"0\" is not a whole number from 1 to 1000000")]
    [InlineData("stop: {signal: SIGFOO}", "c.yaml:1: stop.signal: \"SIGFOO\" is no signal")]
    [InlineData("stop: {grace: 9999h}", "c.yaml:1: stop.grace: must be at most 720h")]
    [InlineData("retry: {backoff_factor: 0.5}", "c.yaml:1: retry.backoff_factor: \"0.5\" is not a number from 1 to 1000")]
    [InlineData("retry: {restart_delay: 5s, max_restart_delay: 1s}", "c.yaml:1: retry.max_restart_delay: must not be shorter than restart_delay")]
    [InlineData("retry: 5", "c.yaml:1: retry: must be a mapping, not text")]
    [InlineData("limits: {max_tasks: 1.5}", "c.yaml:1: limits.max_tasks: \"1.5\" is not a whole number from 1 to 10000000")]
    [InlineData("log_file: [x]", "c.yaml:1: log_file: must be a single value, not a list")]
    [InlineData("log_file: logs/", "c.yaml:1: log_file: \"logs/\" is no path of a file")]
    [InlineData("log_file: {max_bytes: 1MiB}", "c.yaml:1: log_file: path is required")]
    [InlineData("log_file: {path: ''}", "c.yaml:1: log_file.path: must not be empty")]
    [InlineData("log_file: {path: x, max_bytes: 1023KiB}", "c.yaml:1: log_file.max_bytes: \"1023KiB\" is not a number of bytes from 1MiB to 1TiB")]
    [InlineData("log_file: {path: x, keep: 1001}", "c.yaml:1: log_file.keep: \"1001\" is not a whole number from 0 to 1000")]
    [InlineData("log_file: {path: x, maxbytes: 1}", "c.yaml:1: log_file.maxbytes: unknown key; did you mean max_bytes?")]
    [InlineData("actions: {\"\": {type: exec}}", "c.yaml:1: : an action's name")]
    [InlineData("actions: [a]", "c.yaml:1: actions: must be a mapping, not a list")]
    [InlineData("actions: {a: {type: ''}}", "c.yaml:1: actions.a.type: must not be empty")]
    [InlineData("actions: {a: {type: exec, config: 5}}", "c.yaml:1: actions.a.config: must be a mapping, not text")]
    [InlineData("actions: {a: {type: exec, dedupe_key: [x, x]}}", "c.yaml:1: actions.a.dedupe_key: must not contain a text twice")]
    [InlineData("actions: {a: {type: exec, description: x}}", "c.yaml:1: actions.a.description: unknown key; known here are config, dedupe_key")]
    public void A_wrong_value_is_one_clear_line(string yaml, string error)
    {
        var only = Assert.Single(ErrorsOf(yaml));
        Assert.StartsWith(error.Replace(": : an", ": actions.: an", StringComparison.Ordinal), only, StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_are_not_printed_with_the_configuration()
    {
        var configuration = Load("{tokens: [{name: ci, token: topsecret-topsecret, scopes: read}], hub: {token: topsecret}}");
        Assert.DoesNotContain("topsecret", $"{configuration} {configuration.Hub} {configuration.Tokens[0]}", StringComparison.Ordinal);
        Assert.Equal("topsecret", configuration.Hub!.Token!.Reveal());
    }
}
