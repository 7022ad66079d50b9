using System.Reflection;
using System.Runtime.CompilerServices;
using Overseer.Configuration;
using Overseer.Core.Tasks;
using Overseer.Hosting.Reloading;
using Overseer.Server.Proxies;
using Overseer.Server.Trust;

namespace Overseer.Server.Tests.Reloading;

/// <summary>No setting is forgotten by the reload, and the page says of each whether it is live.</summary>
public sealed class SettingsTests
{
    /// <summary>Flags and the environment alone say these, or they are told as actions and pools, or as parts of others.</summary>
    private static readonly string[] ToldElsewhere =
    [
        nameof(OverseerConfiguration.File), nameof(OverseerConfiguration.Places), nameof(OverseerConfiguration.TaskPool), nameof(OverseerConfiguration.Actions),
        nameof(OverseerConfiguration.Limits), nameof(OverseerConfiguration.Shutdown),
    ];

    [Fact]
    public void A_change_of_any_setting_is_told()
    {
        var plain = new OverseerConfiguration { Places = new Places("/s", "/r") };
        foreach (var property in typeof(OverseerConfiguration).GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Where(property => property.SetMethod is not null && property.Name != "EqualityContract" && !ToldElsewhere.Contains(property.Name)))
        {
            var other = plain with { };
            property.SetValue(other, Other(property));
            Assert.True(Differences(plain, other).Length > 0, $"{property.Name} is not among the settings of a reload");
        }

        foreach (var property in typeof(LimitOptions).GetProperties().Where(property => property.SetMethod is not null))
        {
            var limits = plain.Limits with { };
            property.SetValue(limits, Other(property));
            Assert.True(Differences(plain, plain with { Limits = limits }).Length > 0, $"limits: {property.Name} is not among the settings of a reload");
        }

        Assert.Single(Differences(plain, plain with { Shutdown = new ShutdownOptions { KeepTasks = true } }));
        Assert.Single(Differences(plain, plain with { Shutdown = new ShutdownOptions { Grace = TimeSpan.Zero } }));
        Assert.Empty(Differences(plain, plain with { }));
    }

    [Fact]
    public void The_page_lists_what_is_live_and_what_is_not()
    {
        var page = Page();
        foreach (var setting in Settings.All)
        {
            Assert.Contains($"| `{setting.Key}` | {(setting.IsLive ? "yes" : "no")} |", page, StringComparison.Ordinal);
        }
    }

    private static string[] Differences(OverseerConfiguration before, OverseerConfiguration after) =>
        [.. Settings.All.Select(setting => setting.Difference(before, after)).OfType<string>()];

    private static object Other(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return type switch
        {
            _ when type == typeof(string) => "other",
            _ when type == typeof(int) => 7,
            _ when type == typeof(long) => 7L,
            _ when type == typeof(bool) => true,
            _ when type == typeof(TimeSpan) => TimeSpan.FromSeconds(7),
            _ when type.IsEnum => Enum.GetValues(type).GetValue(1)!,
            _ when type == typeof(IReadOnlyList<ListenAddress>) => (ListenAddress[])[new ListenAddress.Stdio()],
            _ when type == typeof(IReadOnlyList<CidrBlock>) => (CidrBlock[])[CidrBlock.Parse("10.0.0.0/8")!],
            _ when type == typeof(IReadOnlyList<WebOrigin>) => (WebOrigin[])[WebOrigin.Parse("https://a.b")!],
            _ when type == typeof(IReadOnlyList<HostPort>) => HostPort.TryParse("a.b", out var host) ? (HostPort[])[host] : [],
            _ when type == typeof(IReadOnlyList<AccessToken>) => (AccessToken[])[new AccessToken("ci", TokenHash.Of("secret"), Grant.Everything)],
            _ when type == typeof(TrustedProxies) => new TrustedProxies([], UnixSockets: true),
            _ when type == typeof(StopPolicy) => StopPolicy.Default with { Grace = TimeSpan.Zero },
            _ when type == typeof(TlsOptions) => new TlsOptions("c", "k"),
            _ when type == typeof(EventLogOptions) => new EventLogOptions { Path = "/l" },
            _ when type == typeof(HubOptions) => new HubOptions(),
            _ when type == typeof(GoprocOptions) => new GoprocOptions(),
            _ when type == typeof(RetryPolicy) => new RetryPolicy(),
            _ => throw new NotSupportedException($"another value of {property.Name} ({type})"),
        };
    }

    private static string Page([CallerFilePath] string here = "") => File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/configuration.md"));
}
