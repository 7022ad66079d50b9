using Microsoft.Extensions.Logging;
using Overseer.Metrics;
using Overseer.Server.Limits;
using Overseer.Streams;

namespace Overseer.Hub;

/// <summary>What the sessions of a server share.</summary>
internal sealed class HubContext(StreamRegistry streams, HubCounts counts, TimeProvider clock, ILogger log)
{
    private readonly QuietLog _notWritten = new(clock);

    /// <summary>The streams of all tasks.</summary>
    public StreamRegistry Streams => streams;

    /// <summary>What is counted.</summary>
    public HubCounts Counts => counts;

    /// <summary>Time.</summary>
    public TimeProvider Clock => clock;

    /// <summary>The log.</summary>
    public ILogger Log => log;

    /// <summary>What was delivered.</summary>
    public DeliveryDesk Deliveries { get; } = new(streams, log);

    /// <summary>Whether the server ends: who leaves now was sent away.</summary>
    public volatile bool IsClosing;

    /// <summary>A journal cannot be written.</summary>
    public void NotWritten(string containerId, string problem)
    {
        if (_notWritten.TryTake(out var unsaid))
        {
            HubLog.NotWritten(log, containerId, problem, unsaid);
        }
    }
}
