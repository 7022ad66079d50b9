using System.Reflection;
using System.Runtime.CompilerServices;
using Overseer.Core.Drivers;
using Overseer.Protocols.V2;
using Overseer.Server.Trust;

namespace Overseer.Server;

/// <summary>The descriptions of the protocol and of the actions of one catalog. Each is made when it is first asked for, then kept.</summary>
internal sealed class ProtocolDocuments
{
    private static readonly string Version = OwnVersion();
    private readonly ConditionalWeakTable<Grant, ProtocolDocuments> _limited = [];
    private readonly Lazy<byte[]> _manifest;
    private readonly Lazy<byte[]> _openApi;

    /// <summary>Prepares the documents of these actions.</summary>
    public ProtocolDocuments(ActionCatalog actions)
    {
        Actions = actions;
        _manifest = new Lazy<byte[]>(() => ManifestDocument.Make(Version, actions.Entries.Select(TaskMessages.ToInfo)));
        _openApi = new Lazy<byte[]>(() => OpenApiDocument.Make(Version, actions.Entries.Select(TaskMessages.ToInfo)));
    }

    /// <summary>The actions.</summary>
    public ActionCatalog Actions { get; }

    /// <summary>The manifest, at <c>/ws/manifest</c> and in the answer to <c>manifest</c>.</summary>
    public ReadOnlyMemory<byte> Manifest => _manifest.Value;

    /// <summary>The document at <c>/openapi.json</c>.</summary>
    public ReadOnlyMemory<byte> OpenApi => _openApi.Value;

    /// <summary>The documents for somebody: of the actions that his token reaches. Kept as long as the token is configured.</summary>
    public ProtocolDocuments For(Grant grant) =>
        grant.ToReach() is { } reach ? _limited.GetValue(grant, _ => new ProtocolDocuments(new ActionCatalog(Actions.Entries.Where(entry => reach.Holds(entry.Definition))))) : this;

    private static string OwnVersion()
    {
        var version = typeof(ProtocolDocuments).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        return version.Split('+')[0];
    }
}
