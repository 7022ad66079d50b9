using Microsoft.Extensions.Logging;

namespace Overseer.Core.Drivers;

/// <summary>A driver whose actions plan <see cref="HostedPlan"/>s.</summary>
public interface IHostingDriver : IDriver
{
    /// <summary>Makes who carries them out. Called once for each server, before its first task; nothing may be started by it.</summary>
    /// <param name="logs">Where it logs.</param>
    /// <param name="clock">Time.</param>
    IRunHost CreateHost(ILoggerFactory logs, TimeProvider clock);
}
