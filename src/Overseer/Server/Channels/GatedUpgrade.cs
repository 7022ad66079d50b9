using Microsoft.AspNetCore.Http.Features;

namespace Overseer.Server.Channels;

/// <summary>Puts a <see cref="FrameGate"/> between the framework's WebSocket and the connection.</summary>
internal sealed class GatedUpgrade(IHttpUpgradeFeature inner, TimeProvider clock) : IHttpUpgradeFeature
{
    private FrameGate? _gate;

    /// <summary>The gate. It opens when the connection is upgraded.</summary>
    public FrameGate Gate => _gate ??= new FrameGate(clock);

    public bool IsUpgradableRequest => inner.IsUpgradableRequest;

    public async Task<Stream> UpgradeAsync()
    {
        Gate.Open(await inner.UpgradeAsync());
        return Gate;
    }
}
