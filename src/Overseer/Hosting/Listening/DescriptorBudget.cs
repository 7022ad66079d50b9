using Microsoft.Extensions.Logging;
using Overseer.Recorder.Spawning;
using Overseer.Server;

namespace Overseer.Hosting.Listening;

/// <summary>Leaves descriptors to the tasks: connections over the network may take a quarter of those the process may have, and those over UNIX sockets another.</summary>
internal static class DescriptorBudget
{
    private const ulong Share = 4;

    /// <summary>The same limits with as many connections as there is room for.</summary>
    public static ServerLimits Fit(ServerLimits limits, ILogger log)
    {
        var descriptors = NoFileLimit.Current().Soft;
        var most = (int)Math.Min(int.MaxValue, Math.Max(1, descriptors / Share));
        if (limits.MaxConnections <= most)
        {
            return limits;
        }

        HostingLog.FewDescriptors(log, limits.MaxConnections, descriptors, most);
        return limits with { MaxConnections = most };
    }
}
