using Overseer.Core.Configuration;
using Overseer.Core.Drivers;
using Overseer.Core.Pools;
using Overseer.Core.Tasks;

namespace Overseer.Configuration.Reading;

/// <summary>Reads the whole document. Every key there is in one of the readers beside this one.</summary>
internal static class RootReader
{
    /// <summary>Reads a document whose environment and flags have been laid over it.</summary>
    /// <param name="root">The document. Errors and warnings go where it was opened with.</param>
    /// <param name="file">The file, if there is one.</param>
    /// <param name="places">Where the server keeps its files.</param>
    /// <param name="isService">Whether a service manager started the server.</param>
    /// <param name="isHub">Whether the hub is served alone.</param>
    public static OverseerConfiguration Read(ConfigSection root, string? file, Places places, bool isService, bool isHub = false)
    {
        var stop = StopReader.Read(root, StopPolicy.Default);
        var (commands, pinned) = ClassicReader.Commands(root);
        var configuration = new OverseerConfiguration
        {
            File = file,
            Places = places,
            Name = Filled(root, "name"),
            Listen = ListenReader.Read(root, isHub),
            Database = Filled(root, "db"),
            Durability = root.Enum("durability", "normal", "full") == "full" ? Durability.Full : Durability.Normal,
            EventLog = EventLogReader.Read(root),
            TrustedCidrs = TrustReader.TrustedCidrs(root),
            TrustedProxies = TrustReader.TrustedProxies(root),
            AllowedOrigins = TrustReader.AllowedOrigins(root),
            AllowedHosts = TrustReader.AllowedHosts(root),
            Tokens = TokenReader.Read(root),
            AuditFile = Filled(root, "audit_file"),
            Tls = TlsReader.Read(root),
            Retry = RetryReader.Read(root),
            Stop = stop,
            TaskPool = PoolReader.Read(root),
            Actions = ActionReader.ReadAll(root, stop),
            Protocol = ClassicReader.Protocol(root),
            Commands = commands,
            PinnedCommand = pinned,
            Hub = HubReader.Read(root, isHub),
            Goproc = GoprocReader.Read(root),
            OnFull = root.Enum("on_full", "drop", "block") == "block" ? FullDiskMode.Block : FullDiskMode.Drop,
            Shutdown = ShutdownReader.Read(root, isService),
            Recorder = root.Enum("recorder", "launch", "connect") == "connect" ? RecorderMode.Connect : RecorderMode.Launch,
            Cgroups = root.Enum("cgroups", "auto", "off") == "off" ? CgroupMode.Off : CgroupMode.Auto,
            Limits = LimitsReader.Read(root),
        };
        TokenReader.CheckActions(root, configuration.Tokens, configuration.Actions.Select(action => action.Definition.Name));
        var pools = configuration.Pools;
        configuration = configuration with { Actions = [.. configuration.Actions.Select(action => Complete(action, pools, configuration.Retry))] };
        root.End();
        return configuration;
    }

    /// <summary>What an action leaves to the top level is filled in: so it is shown, and so it is in force.</summary>
    private static ConfiguredAction Complete(ConfiguredAction action, PoolPlan pools, RetryPolicy? retry)
    {
        var definition = action.Definition;
        return action with
        {
            Definition = definition with
            {
                Pool = pools.SettingsOf(definition.Name),
                Retry = definition.Retry?.Over(retry) ?? retry,
            },
        };
    }

    private static string? Filled(ConfigSection root, string key) => root.Text(key) is { Length: > 0 } text ? text : null;
}
