using System.Buffers;
using Microsoft.Extensions.Logging;
using Overseer.Protocols.Hub;
using Overseer.Server;
using Overseer.Server.Channels;
using Overseer.Streams.Forms;

namespace Overseer.Hub;

/// <summary>What the hub says to one connection, in the case that it writes. Whoever takes too little of it is cut off. Thread-safe.</summary>
/// <param name="number">The connection.</param>
/// <param name="pump">Sends it.</param>
/// <param name="life">Ends it.</param>
/// <param name="context">What connections share.</param>
/// <param name="maxQueuedBytes">How much may wait to be sent.</param>
internal sealed class HubVoice(long number, ConnectionPump pump, ConnectionLife life, ServerContext context, int maxQueuedBytes)
{
    private const int MostScratchBytes = 1 << 20;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _scratch;

    private volatile bool _capitals = true;

    /// <summary>Whether types are written in capitals: until the connection has sent one in lower case.</summary>
    public bool Capitals => _capitals;

    /// <summary>As what it gets the messages of containers.</summary>
    public StreamForm Form => _capitals ? StreamForm.HubCapitals : StreamForm.HubLower;

    /// <summary>Speaks in lower case from now on.</summary>
    public void Lower() => _capitals = false;

    /// <summary>Something cannot be taken, or is over.</summary>
    public void Error(HubError error, string? containerId)
    {
        context.Metrics.Hub.Said(error);
        var json = Scratch();
        HubWriter.Error(json, _capitals, containerId, context.Clock.GetUtcNow(), error);
        Send(json.WrittenSpan);
    }

    /// <summary>The connection watches the container that its address names.</summary>
    public void Greet(string containerId)
    {
        var json = Scratch();
        HubWriter.Greet(json, _capitals, containerId, context.Clock.GetUtcNow());
        Send(json.WrittenSpan);
    }

    /// <summary>The hub lives.</summary>
    /// <param name="containerId">The container that it is about; null for none.</param>
    /// <param name="delivery">How far that delivery is kept; null when nobody has asked.</param>
    public void Beat(string? containerId, (Guid Id, long Number)? delivery = null)
    {
        var json = Scratch();
        HubWriter.Heartbeat(json, _capitals, containerId, context.Clock.GetUtcNow(), context.Uptime, delivery);
        Send(json.WrittenSpan);
    }

    /// <summary>Passes a viewer's command on to this container.</summary>
    public void Command(ref HubMessage message)
    {
        var json = Scratch();
        HubWriter.Command(json, _capitals, ref message, context.Clock.GetUtcNow());
        Send(json.WrittenSpan);
    }

    /// <summary>Tells this container something.</summary>
    public void Command(string containerId, string command)
    {
        var json = Scratch();
        HubWriter.Command(json, _capitals, containerId, context.Clock.GetUtcNow(), command);
        Send(json.WrittenSpan);
    }

    private static ArrayBufferWriter<byte> Scratch()
    {
        if (_scratch is null || _scratch.Capacity > MostScratchBytes)
        {
            _scratch = new ArrayBufferWriter<byte>(1024);
        }

        _scratch.ResetWrittenCount();
        return _scratch;
    }

    private void Send(ReadOnlySpan<byte> json)
    {
        if (!pump.Send(json) && !life.HasEnd)
        {
            ServerLog.Overfull(context.Log, number, maxQueuedBytes);
            life.Close(ChannelEnd.Overfull(maxQueuedBytes));
        }
    }
}
