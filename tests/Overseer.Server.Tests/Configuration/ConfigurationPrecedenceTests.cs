using Overseer.Configuration;

namespace Overseer.Server.Tests.Configuration;

public sealed class ConfigurationPrecedenceTests : ConfigurationFixture
{
    private static ListenAddress.Tcp Tcp(string host, int port) => new(host, port);

    [Fact]
    public void The_environment_wins_over_the_file()
    {
        var configuration = Load(
            "{listen: '127.0.0.1:1', db: file.db, log_file: file.log, trusted_cidrs: 10.0.0.0/8, protocol: v0}",
            ("OVERSEER_LISTEN", "127.0.0.1:2"), ("OVERSEER_DB", "env.db"), ("OVERSEER_LOG_FILE", "env.log"), ("OVERSEER_TRUSTED_CIDRS", "192.168.0.0/16, ::1"),
            ("OVERSEER_PROTOCOL", "v1"));
        Assert.Equal([Tcp("127.0.0.1", 2)], configuration.Listen);
        Assert.Equal(("env.db", "env.log", WireProtocol.V1), (configuration.Database, configuration.EventLog?.Path, configuration.Protocol));
        Assert.Equal(["192.168.0.0/16", "::1/128"], configuration.TrustedCidrs.Select(block => block.ToString()));
    }

    [Fact]
    public void OVERSEER_LOG_FILE_names_the_file_and_leaves_the_rest_to_the_configuration()
    {
        var log = Load("log_file: {path: file.log, max_bytes: 2MiB, keep: 9}", ("OVERSEER_LOG_FILE", "env.log")).EventLog!;
        Assert.Equal(("env.log", 2L << 20, 9), (log.Path, log.MaxBytes, log.Keep));
        log = Load("log_file: {path: file.log, max_bytes: 0, keep: 0}").EventLog!;
        Assert.Equal(("file.log", 0, 0), (log.Path, log.MaxBytes, log.Keep));
        log = Load("log_file: {path: file.log}").EventLog!;
        Assert.Equal((100L << 20, 5), (log.MaxBytes, log.Keep));
    }

    [Fact]
    public void An_empty_variable_is_an_unset_one()
    {
        var configuration = Load(
            "{listen: '127.0.0.1:1', db: file.db}", ("OVERSEER_LISTEN", ""), ("OVERSEER_PORT", ""), ("OVERSEER_DB", ""), ("OVERSEER_CONFIG", ""), ("OVERSEER_TRUSTED_CIDRS", ""));
        Assert.Equal([Tcp("127.0.0.1", 1)], configuration.Listen);
        Assert.Equal("file.db", configuration.Database);
    }

    [Fact]
    public void OVERSEER_LISTEN_wins_over_OVERSEER_PORT_and_that_over_the_file()
    {
        Assert.Equal([Tcp("", 9090)], Load("listen: '127.0.0.1:1'", ("OVERSEER_PORT", "9090")).Listen);
        Assert.Equal([Tcp("localhost", 7)], Load("{}", ("OVERSEER_PORT", "9090"), ("OVERSEER_LISTEN", "localhost:7")).Listen);
    }

    [Fact]
    public void OVERSEER_LISTEN_takes_several_addresses_between_commas() =>
        Assert.Equal([Tcp("localhost", 7), new ListenAddress.UnixSocket("/tmp/o.sock")], Load("{}", ("OVERSEER_LISTEN", "localhost:7, unix:/tmp/o.sock")).Listen);

    [Fact]
    public void Flags_win_over_the_environment()
    {
        var sources = Sources("{listen: '127.0.0.1:1', db: file.db}", ("OVERSEER_LISTEN", "127.0.0.1:2"), ("OVERSEER_DB", "env.db"), ("OVERSEER_STATE_DIR", "/env/state"))
            with
        { Listen = ["127.0.0.1:3", "/tmp/x"], Database = "flag.db", StateDirectory = "/flag/state" };
        var configuration = Load(sources);
        Assert.Equal([Tcp("127.0.0.1", 3), new ListenAddress.UnixSocket("/tmp/x")], configuration.Listen);
        Assert.Equal(("flag.db", "/flag/state"), (configuration.Database, configuration.Places.StateDirectory));
    }

    [Fact]
    public void OVERSEER_CONFIG_wins_over_the_flag()
    {
        var sources = Sources("name: from-variable", ("OVERSEER_CONFIG", ConfigPath)) with { FlagPath = "/nowhere/else.yaml" };
        Assert.Equal("from-variable", Load(sources).Name);
    }

    [Fact]
    public void A_named_file_that_is_missing_is_an_error()
    {
        var result = ConfigurationLoader.Load(Sources("{}") with { FlagPath = "/nowhere/else.yaml" });
        Assert.Equal(["/nowhere/else.yaml: no such file (looked for /nowhere/else.yaml)"], result.Errors);
        Assert.Null(result.Configuration);
    }

    [Fact]
    public void Without_a_file_there_are_defaults_and_a_warning()
    {
        var sources = Sources("{}") with { FlagPath = null };
        Assert.Equal([Tcp("127.0.0.1", 8080)], Load(sources).Listen);
        Assert.Equal(
            ["no configuration file was named, so there are no actions to start, only commands, by clients of the server's own user; name one with --config FILE or OVERSEER_CONFIG"],
            ConfigurationLoader.Load(sources).Warnings);
    }

    [Fact]
    public void A_wrong_variable_or_flag_is_named_instead_of_a_file()
    {
        Assert.Equal(
            ["OVERSEER_TRUSTED_CIDRS: \"x\" is neither an IP address nor a block such as \"10.0.0.0/8\" or \"fd00::/8\""],
            ErrorsOf("{}", ("OVERSEER_TRUSTED_CIDRS", "x")));
        Assert.Equal(["OVERSEER_PORT: \"80a\" is not a port from 0 to 65535"], ErrorsOf("{}", ("OVERSEER_PORT", "80a")));
        Assert.StartsWith("--listen: \"nowhere\" is not an address", Assert.Single(ConfigurationLoader.Load(Sources("{}") with { Listen = ["nowhere"] }).Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pinned_command_on_the_command_line_asks_for_pinned_commands()
    {
        var configuration = Load(Sources("{}") with { Command = "/bin/x" });
        Assert.Equal((CommandsMode.Pinned, "/bin/x"), (configuration.Commands, configuration.PinnedCommand));
    }

    [Fact]
    public void Commands_are_for_the_owner_without_a_file_and_for_nobody_with_one()
    {
        var none = Sources("{}") with { FlagPath = null };
        Assert.Equal(CommandsMode.Owner, Load(none).Commands);
        Assert.Equal(CommandsMode.None, Load("{}").Commands);
        Assert.Equal(CommandsMode.Any, Load("commands: any").Commands);
        Assert.Equal((CommandsMode.Pinned, "/bin/x"), (Load(none with { Command = "/bin/x" }).Commands, Load("command: /bin/x").PinnedCommand));
        Assert.Equal(CommandsMode.Any, Load(Sources("commands: any") with { IsStickyOverseer = true }).Commands);
    }

    [Fact]
    public void The_protocol_of_those_who_do_not_choose_is_v2_and_v1_with_a_command_or_under_the_old_name_without_a_file()
    {
        var none = Sources("{}") with { FlagPath = null };
        Assert.Equal(WireProtocol.V2, Load(none).Protocol);
        Assert.Equal(WireProtocol.V1, Load(none with { IsStickyOverseer = true }).Protocol);
        Assert.Equal(WireProtocol.V1, Load(Sources("{}") with { Command = "/bin/x" }).Protocol);
        Assert.Equal(WireProtocol.V2, Load(Sources("{}") with { IsStickyOverseer = true }).Protocol);
        Assert.Equal(WireProtocol.V2, Load("command: /bin/x").Protocol);
        Assert.Equal(WireProtocol.V2, Load(Sources("protocol: v2") with { Command = "/bin/x" }).Protocol);
        Assert.Equal(WireProtocol.V0, Load(Sources("protocol: v2", ("OVERSEER_PROTOCOL", "v0")) with { Command = "/bin/x" }).Protocol);
        Assert.Equal(WireProtocol.V1, Load(Sources("protocol: v2", ("OVERSEER_PROTOCOL", "v0")) with { Protocol = "v1" }).Protocol);
    }

    [Fact]
    public void Under_the_old_name_a_file_or_a_pinned_command_missing_is_no_cause_for_a_warning()
    {
        var none = Sources("{}") with { FlagPath = null };
        Assert.Empty(ConfigurationLoader.Load(none with { IsStickyOverseer = true }).Warnings);
        Assert.Empty(ConfigurationLoader.Load(none with { Command = "/bin/x" }).Warnings);
    }

    [Fact]
    public void Alone_the_hub_listens_where_PORT_and_HOST_say_and_the_server_does_not()
    {
        Assert.Equal(ListenAddress.Default, Assert.Single(Load("{}", ("PORT", "99"), ("HOST", "0.0.0.0")).Listen));
        Assert.Equal("127.0.0.1:99", Alone("{}", ("PORT", "99")));
        Assert.Equal("0.0.0.0:8080", Alone("{}", ("HOST", "0.0.0.0")));
        Assert.Equal("[::1]:99", Alone("listen: 127.0.0.1:5", ("HOST", "::1"), ("PORT", "99")));
        Assert.Equal("127.0.0.1:5", Alone("listen: 127.0.0.1:5"));
        Assert.Equal("127.0.0.1:7", Alone("{}", ("PORT", "99"), ("OVERSEER_LISTEN", "127.0.0.1:7")));
        Assert.Contains("\"x\" is not a port", Assert.Single(ConfigurationLoader.Load(Sources("{}", ("PORT", "x")) with { IsHub = true }).Errors), StringComparison.Ordinal);

        string Alone(string yaml, params (string, string)[] variables)
        {
            var configuration = ConfigurationLoader.Load(Sources(yaml, variables) with { IsHub = true }).Configuration!;
            Assert.True(configuration.Hub!.Alone);
            return Assert.Single(configuration.Listen).ToString()!;
        }
    }

    [Fact]
    public void Alone_the_hub_is_served_whatever_the_file_says_and_a_missing_file_is_no_cause_for_a_warning()
    {
        var none = ConfigurationLoader.Load(Sources("{}") with { FlagPath = null, IsHub = true });
        Assert.Empty(none.Warnings);
        Assert.Equal(new HubOptions { Alone = true }, none.Configuration!.Hub);
        Assert.True(ConfigurationLoader.Load(Sources("hub: false") with { IsHub = true }).Configuration!.Hub!.Alone);
        var warning = Assert.Single(ConfigurationLoader.Load(Sources("{}", ("HOST", "0.0.0.0")) with { IsHub = true }).Warnings);
        Assert.Contains("the hub has no token", warning, StringComparison.Ordinal);
        Assert.Empty(ConfigurationLoader.Load(Sources("{}", ("HOST", "0.0.0.0"), ("AUTH_TOKEN", "t")) with { IsHub = true }).Warnings);
    }

    [Fact]
    public void The_hubs_variables_count_only_where_the_hub_is_asked_for_and_a_token_asks_for_it()
    {
        (string, string)[] variables = [("AUTH_TOKEN", "t"), ("HEARTBEAT_INTERVAL", "15000"), ("SESSION_TIMEOUT", "1m"), ("MAX_SESSIONS", "7")];
        Assert.Equal(new HubOptions(), Load("{}", ("HEARTBEAT_INTERVAL", "5"), ("MAX_SESSIONS", "many")).Hub);
        Assert.Null(Load("hub: false", variables).Hub);
        foreach (var yaml in (string[])["{}", "hub:", "hub: true", "hub: {max_sessions: 3}"])
        {
            var hub = Load(yaml, variables).Hub!;
            Assert.Equal(("t", TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1), 7), (hub.Token!.Reveal(), hub.HeartbeatInterval, hub.SessionTimeout, hub.MaxSessions));
        }

        Assert.StartsWith("MAX_SESSIONS: \"many\" is not a whole number", Assert.Single(ErrorsOf("hub: true", ("MAX_SESSIONS", "many"))), StringComparison.Ordinal);
    }

    [Fact]
    public void The_goproc_variables_count_only_where_goproc_is_asked_for()
    {
        Assert.Null(Load("{}", ("GOPROC_LIVENESS_INTERVAL", "3s")).Goproc);
        Assert.Equal(TimeSpan.FromSeconds(3), Load("goproc: true", ("GOPROC_LIVENESS_INTERVAL", "3s")).Goproc!.LivenessInterval);
    }
}
