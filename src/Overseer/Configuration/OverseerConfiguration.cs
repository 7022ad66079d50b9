using Overseer.Core.Drivers;
using Overseer.Core.Pools;
using Overseer.Core.Tasks;
using Overseer.Server.Proxies;
using Overseer.Server.Trust;

namespace Overseer.Configuration;

/// <summary>Everything a server was told, checked, with the defaults filled in. Immutable. Keys, units and defaults are in <c>docs/configuration.md</c>.</summary>
public sealed record OverseerConfiguration
{
    /// <summary>What <c>db</c> says when nothing is to be stored.</summary>
    public const string NoDatabase = "none";

    /// <summary>The file it came from; null when there was none.</summary>
    public string? File { get; init; }

    /// <summary>What the server calls itself (<c>name</c>); null when it was not told.</summary>
    public string? Name { get; init; }

    /// <summary>Where to listen (<c>listen</c>), at least one; default <c>127.0.0.1:8080</c>.</summary>
    public IReadOnlyList<ListenAddress> Listen { get; init; } = [ListenAddress.Default];

    /// <summary>State and runtime directories.</summary>
    public required Places Places { get; init; }

    /// <summary>The database file (<c>db</c>); null for <see cref="Places.DatabaseFile"/>, <see cref="NoDatabase"/> for none.</summary>
    public string? Database { get; init; }

    /// <summary>The database to be used; null for none: then a server knows nothing of the one before.</summary>
    public string? DatabaseFile => Database == NoDatabase ? null : Database ?? Places.DatabaseFile;

    /// <summary>What an acknowledged change survives (<c>durability</c>).</summary>
    public Durability Durability { get; init; } = Durability.Normal;

    /// <summary>The event log (<c>log_file</c>); null for none.</summary>
    public EventLogOptions? EventLog { get; init; }

    /// <summary>Who may connect (<c>trusted_cidrs</c>); empty for loopback and the private subnets of this machine.</summary>
    public IReadOnlyList<CidrBlock> TrustedCidrs { get; init; } = [];

    /// <summary>Whose word counts about where a request comes from (<c>trusted_proxies</c>); default nobody's.</summary>
    public TrustedProxies TrustedProxies { get; init; } = TrustedProxies.None;

    /// <summary>Web pages that may connect beside the server's own (<c>allowed_origins</c>).</summary>
    public IReadOnlyList<WebOrigin> AllowedOrigins { get; init; } = [];

    /// <summary>Names that browsers may reach this server by (<c>allowed_hosts</c>).</summary>
    public IReadOnlyList<HostPort> AllowedHosts { get; init; } = [];

    /// <summary>Tokens that let clients in (<c>tokens</c>, <c>tokens_file</c>); empty when none is asked for.</summary>
    internal IReadOnlyList<AccessToken> Tokens { get; init; } = [];

    /// <summary>Where the audit log goes beside the server's log (<c>audit_file</c>); null for nowhere else.</summary>
    public string? AuditFile { get; init; }

    /// <summary>Certificate and key (<c>tls</c>); null for plain connections.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Retry policy of actions and requests that leave fields unset (<c>retry</c>); null for none.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <summary>How tasks of actions that do not say are stopped (<c>stop</c>).</summary>
    public StopPolicy Stop { get; init; } = StopPolicy.Default;

    /// <summary>The pool of all tasks together (<c>task_pool</c>); null for none.</summary>
    public PoolOptions? TaskPool { get; init; }

    /// <summary>The actions as configured, in the order of the file.</summary>
    public IReadOnlyList<ConfiguredAction> Actions { get; init; } = [];

    /// <summary>All pools: what the engine gets of <see cref="TaskPool"/> and the actions'.</summary>
    public PoolPlan Pools => new()
    {
        Top = TaskPool ?? PoolOptions.Empty,
        Actions = Actions.Where(action => action.Pool is not null).ToDictionary(action => action.Definition.Name, action => action.Pool!, StringComparer.Ordinal),
    };

    /// <summary>What connections speak that do not choose (<c>protocol</c>).</summary>
    public WireProtocol Protocol { get; init; } = WireProtocol.V2;

    /// <summary>Whether clients may run commands that no action describes (<c>commands</c>).</summary>
    public CommandsMode Commands { get; init; } = CommandsMode.None;

    /// <summary>The one command of <see cref="CommandsMode.Pinned"/> (<c>command</c>).</summary>
    public string? PinnedCommand { get; init; }

    /// <summary>The hub for containers and log viewers (<c>hub</c>); null when it is not served.</summary>
    public HubOptions? Hub { get; init; }

    /// <summary>The goproc socket (<c>goproc</c>); null when it is not configured.</summary>
    public GoprocOptions? Goproc { get; init; }

    /// <summary>What happens when the disk is full (<c>on_full</c>).</summary>
    public FullDiskMode OnFull { get; init; } = FullDiskMode.Drop;

    /// <summary>What happens to tasks when the server ends (<c>shutdown</c>).</summary>
    public ShutdownOptions Shutdown { get; init; } = new();

    /// <summary>Who starts the recorder (<c>recorder</c>).</summary>
    public RecorderMode Recorder { get; init; } = RecorderMode.Launch;

    /// <summary>Whether runs get control groups (<c>cgroups</c>).</summary>
    public CgroupMode Cgroups { get; init; } = CgroupMode.Auto;

    /// <summary>Bounds (<c>limits</c>).</summary>
    public LimitOptions Limits { get; init; } = new();

    /// <summary>Silence after which a connection is pinged (<c>limits.ping_interval</c>); after twice as much it is dropped. Default 30 s.</summary>
    public TimeSpan PingInterval => Limits.PingInterval;

    /// <summary>The longest time any configured action leaves its tasks between stop signal and SIGKILL.</summary>
    public TimeSpan LongestGrace => Actions.Select(action => action.LongestGrace).Append(Stop.Grace).Max();
}
