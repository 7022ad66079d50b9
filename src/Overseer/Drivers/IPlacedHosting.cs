using Microsoft.Extensions.Logging;
using Overseer.Core.Drivers;

namespace Overseer.Drivers;

/// <summary>A driver whose host keeps something with the server's state.</summary>
internal interface IPlacedHosting
{
    /// <summary>Makes the host; in place of <see cref="IHostingDriver.CreateHost"/>.</summary>
    /// <param name="stateDirectory">The server's state directory.</param>
    /// <param name="logs">Where it logs.</param>
    /// <param name="clock">Time.</param>
    IRunHost CreateHost(string? stateDirectory, ILoggerFactory logs, TimeProvider clock);
}
