using Microsoft.AspNetCore.Http.Features;

namespace Overseer.Server.Channels;

/// <summary>Puts a <see cref="FrameGate"/> between the framework's WebSocket and the connection.</summary>
internal sealed class GatedUpgrade(IHttpUpgradeFeature inner, TimeProvider clock) : IHttpUpgradeFeature
{
    /// <summary>The gate, once the connection is upgraded.</summary>
    public FrameGate? Gate { get; private set; }

    public bool IsUpgradableRequest => inner.IsUpgradableRequest;

    public async Task<Stream> UpgradeAsync() => Gate = new FrameGate(await inner.UpgradeAsync(), clock);
}
